"""The unit of work on PostgreSQL: one connection, and the aggregates that a command loaded and added."""

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Protocol, Self
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select

from taskhub.kernel.application.commands import Answer, Reply
from taskhub.kernel.application.turns import in_thread_if_many
from taskhub.kernel.application.unit_of_work import Attempt, ConcurrencyConflict, ConnectionLost
from taskhub.kernel.infrastructure.event_log.notifier import Appended, EventNotifier
from taskhub.kernel.infrastructure.postgres.connection import Connection, Parameters, Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.errors import translate_error_before_commit
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.appended import appended_by
from taskhub.kernel.infrastructure.unit_of_work.cascade import Cascade
from taskhub.kernel.infrastructure.unit_of_work.changes import Change
from taskhub.kernel.infrastructure.unit_of_work.execution import execute
from taskhub.kernel.infrastructure.unit_of_work.identity_map import IdentityMap
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.kernel.infrastructure.unit_of_work.plan import plan_commit

_SET_STATEMENT_TIMEOUT = Statement(select(func.set_config("statement_timeout", bindparam("milliseconds", type_=Text()), True)))


class JoinedUnitOfWork(Protocol):
    """The unit of work that others share."""

    identity_map: IdentityMap

    async def connection(self) -> Connection: ...

    async def take(self, joined: "SqlUnitOfWork", attempt: Attempt, cascades: list[Cascade], result: Any, reply: Reply) -> Answer:
        """Takes over what a command did in a unit of work that has joined."""


class SqlUnitOfWork:
    """The base of every module's unit of work. A subclass names its repositories, as properties that make them: kept, the two
    would hold each other, and with all that they know wait for the garbage collector.

    Repositories hand out only what is in the `identity_map`: nothing that a use case changed can be forgotten at commit.
    """

    def __init__(self, database: Database, notifier: EventNotifier, attempt: Attempt) -> None:
        shared: JoinedUnitOfWork | None = attempt.shared
        self.identity_map = IdentityMap() if shared is None else shared.identity_map
        self.is_locking = False
        self.rests_on_cache = False
        self._database = database
        self._notifier = notifier
        self._attempt = attempt
        self._connection: Connection | None = None
        self._cascades: list[Cascade] = []
        self._appended: Dict[UUID, Appended] = {}
        self._has_written = False
        self._shared = shared

    async def __aenter__(self) -> Self:
        if self._attempt.locking:
            try:
                await self.lock()
            except BaseException:
                await self._release()  # `__aexit__` runs only for what was entered.
                raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._release()

    async def _release(self) -> None:
        """Rolls back what is left, and returns the connection. Where that fails, closing it undoes the rest."""
        connection, self._connection = self._connection, None
        if connection is None or self._shared is not None:
            return
        try:
            await connection.rollback()
        except Exception:
            connection.discard()
        finally:
            self._database.release(connection)

    async def lock(self, *, seconds: float | None = None) -> None:
        """``seconds``: how long each statement of the transaction may take, where that is longer than usual."""
        connection = self._connection or await self._acquire()
        if not self.is_locking:
            self.is_locking = True
            try:
                await connection.begin()
            except Exception as error:
                raise translate_error_before_commit(error) from error
        if seconds is not None:
            await self.fetch(_SET_STATEMENT_TIMEOUT, {"milliseconds": str(int(seconds * 1000))})
            connection.wait(seconds)

    @property
    def lock_first(self) -> set[UUID]:
        """Rows of whatever a repository locks before others, which an earlier try would have needed."""
        return self._attempt.lock_first

    # -- for repositories ------------------------------------------------------------------------

    async def fetch(self, statement: Statement, parameters: Parameters) -> list[Record]:
        """Runs a statement on this unit of work's connection."""
        connection = self._connection or await self._acquire()
        try:
            return await connection.fetch(statement, parameters)
        except Exception as error:
            raise translate_error_before_commit(error) from error

    async def fetch_row(self, statement: Statement, parameters: Parameters) -> Record | None:
        rows = await self.fetch(statement, parameters)
        return rows[0] if rows else None

    async def lock_rows(self, mapping: Mapping[Any], statement: Statement, parameters: Parameters) -> None:
        """Loads rows by a statement that locks them."""
        for record in await self.fetch(statement, parameters):
            self.identity_map.load(mapping, record, is_locked=True)

    async def write(self, statement: Statement, parameters: Parameters) -> list[Record]:
        """Runs a statement that changes rows outside any aggregate, in the transaction that `lock` has opened."""
        assert self.is_locking, "rows are changed outside the commit's own statement only in a transaction"
        self._has_written = True
        return await self.fetch(statement, parameters)

    def cascade(self, cascade: Cascade) -> None:
        """Registers a change that a statement made to many rows in this transaction; its events are appended at commit."""
        if cascade.changed:
            self._cascades.append(cascade)

    # -- commit ----------------------------------------------------------------------------------

    async def commit(self, result: Any, reply: Reply) -> Answer:
        if self._shared is not None:
            return await self._shared.take(self, self._attempt, self._cascades, result, reply)
        self.identity_map.raise_versions()
        many = len(self.identity_map.tracked())
        plan = await in_thread_if_many(many, plan_commit, self._attempt, self.identity_map, result, reply, self._cascades)
        if not plan.commits:
            if self.rests_on_cache:
                raise ConcurrencyConflict  # Nothing would be sent that could check what the process remembered.
            if not self._has_written:
                return plan.answer
        connection = self._connection or await self._acquire()
        if plan.needs_transaction or self._database.is_distributed:
            await self.lock()
        if connection.is_closed:
            raise ConnectionLost  # Nothing was sent.
        told = await execute(plan, connection, self._attempt)
        self._appended = appended_by(plan, told, self._attempt.context)
        self.after_commit(plan.changes)
        return plan.complete(told.fields)

    def after_commit(self, changes: Sequence[Change]) -> None:
        """What this process does once a commit went through."""
        types = {change.event for change in changes} | {cascade.event for cascade in self._cascades}
        streams = {change.tracked.aggregate.stream_id for change in changes} | {cascade.stream_id for cascade in self._cascades}
        self._notifier.notify(types, {stream_id: self._appended.get(stream_id) for stream_id in streams})

    async def _acquire(self) -> Connection:
        self._connection = await (self._database.acquire() if self._shared is None else self._shared.connection())
        return self._connection
