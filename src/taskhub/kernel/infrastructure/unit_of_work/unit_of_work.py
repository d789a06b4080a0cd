"""The unit of work on PostgreSQL: what a command loaded and changed, and the one connection it does so on."""

from collections.abc import Callable
from itertools import groupby
from types import TracebackType
from typing import Any, NoReturn, Self
from uuid import UUID

import asyncpg
from sqlalchemy import Text, bindparam, func, select

from taskhub.kernel.application.commands import Answer, Reply
from taskhub.kernel.application.unit_of_work import Attempt, ConnectionLost, KeyTaken, Moved, Place, ReplyLost
from taskhub.kernel.domain.errors import Category, DomainError, IdTaken
from taskhub.kernel.infrastructure.event_log.notifier import StreamSignal
from taskhub.kernel.infrastructure.postgres.database import Connection, Database, Parameters, Record
from taskhub.kernel.infrastructure.postgres.errors import is_lost, outside_transaction
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.answers import Shown, answer_of
from taskhub.kernel.infrastructure.unit_of_work.cascade import Cascade, append_events
from taskhub.kernel.infrastructure.unit_of_work.mapping import Guard, Mapping
from taskhub.kernel.infrastructure.unit_of_work.plan import Commit, Tracked, allocation_for, place_of, prepare

_ALLOW = Statement(select(func.set_config("statement_timeout", bindparam("milliseconds", type_=Text()), True)))
_EVENT_OF_VERSION = "ix_events_stream_id_entity_id_entity_version"


class SqlUnitOfWork:
    """The base of every module's unit of work. A subclass names its repositories, as properties that make them: kept, the two
    would hold each other, and with all that they know wait for the garbage collector.

    Repositories hand out only what is registered here (`load`, `add`): nothing that a use case changed can be forgotten at
    commit.
    """

    def __init__(self, database: Database, signal: StreamSignal, attempt: Attempt) -> None:
        self._database = database
        self._signal = signal
        self._attempt = attempt
        self._connection: Connection | None = None
        self._tracked: dict[tuple[str, tuple[Any, ...]], Tracked] = {}
        self._relied: dict[Guard, list[tuple[Any, ...]]] = {}
        self._cascades: list[Cascade] = []
        self._has_written = False
        self._has_recalled = False
        self.is_locking = False

    async def __aenter__(self) -> Self:
        if self._attempt.locking:
            try:
                await self.lock()
            except BaseException:
                await self._give_back()  # `__aexit__` runs only for what was entered.
                raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._give_back()
        if self._has_recalled and isinstance(error, DomainError) and error.category is not Category.UNAVAILABLE:
            raise Moved from error  # What was remembered may be what refused.

    async def _give_back(self) -> None:
        """Rolls back what is left, and returns the connection. Where that fails, closing it undoes the rest."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await connection.rollback()
        except Exception:
            connection.discard()
        finally:
            self._database.release(connection)

    async def lock(self, *, seconds: float | None = None) -> None:
        if not self.is_locking:
            self.is_locking = True
            connection = await self._borrow()
            try:
                await connection.begin()
            except Exception as error:
                raise self._before_commit(error) from error
        if seconds is not None:
            await self.fetch(_ALLOW, {"milliseconds": str(int(seconds * 1000))})

    @property
    def lock_first(self) -> set[UUID]:
        """Rows of whatever a repository locks before others, which an earlier try would have needed."""
        return self._attempt.lock_first

    # -- for repositories ------------------------------------------------------------------------

    async def fetch(self, statement: Statement, parameters: Parameters, *, seconds: float | None = None) -> list[Record]:
        """Runs a statement on this unit of work's connection. ``seconds``: a longer time limit than usual."""
        connection = await self._borrow()
        try:
            return await connection.fetch(statement, parameters, seconds=seconds)
        except Exception as error:
            raise self._before_commit(error) from error

    async def fetch_row(self, statement: Statement, parameters: Parameters) -> Record | None:
        rows = await self.fetch(statement, parameters)
        return rows[0] if rows else None

    async def write(self, statement: Statement, parameters: Parameters, *, seconds: float | None = None) -> list[Record]:
        """Runs a statement that changes rows outside any aggregate, in the transaction that `lock` has opened."""
        assert self.is_locking, "rows are changed outside the commit's own statement only in a transaction"
        self._has_written = True
        return await self.fetch(statement, parameters, seconds=seconds)

    def known(self, mapping: Mapping[Any], key: tuple[Any, ...]) -> Any | None:
        """The aggregate that is tracked already under this key, if there is one."""
        tracked = self._tracked.get((mapping.name, key))
        return tracked.aggregate if tracked else None

    def load(self, mapping: Mapping[Any], row: Any) -> Any:
        """Registers the aggregate of a row, and returns it: the one that was loaded first, if it was loaded before."""
        aggregate = mapping.from_row(row)
        key = (mapping.name, mapping.key_of(aggregate))
        tracked = self._tracked.get(key)
        if tracked is None:
            tracked = self._tracked[key] = Tracked(aggregate, mapping, row, aggregate.version, self.is_locking)
        return tracked.aggregate

    def add(self, mapping: Mapping[Any], aggregate: Any) -> None:
        """Registers a new aggregate."""
        key = (mapping.name, mapping.key_of(aggregate))
        self._tracked[key] = Tracked(aggregate, mapping, None, aggregate.version, self.is_locking)

    def recall(self, mapping: Mapping[Any], key: tuple[Any, ...]) -> Record | None:
        """A row as this process read it last, where such rows are remembered, and not under locks."""
        if not mapping.is_remembered or self.is_locking:
            return None
        row = self._database.recollection.recall(mapping.name, key)
        self._has_recalled = self._has_recalled or row is not None
        return row

    def remember(self, mapping: Mapping[Any], key: tuple[Any, ...], row: Record | None) -> None:
        """Keeps a row for the next command. Not one that is locked, and so may be about to change, nor one in the trash."""
        if not mapping.is_remembered:
            return
        if row is None or self.is_locking or row.get("deleted_at") is not None:
            self._database.recollection.forget(mapping.name, key)
        else:
            self._database.recollection.remember(mapping.name, key, row)

    def remove(self, mapping: Mapping[Any], aggregate: Any) -> None:
        self._tracked[(mapping.name, mapping.key_of(aggregate))].removed = True

    def rely_on(self, guard: Guard, row: tuple[Any, ...]) -> None:
        """At commit this row must still be there; it is share-locked then. Otherwise the command is run again, under locks."""
        rows = self._relied.setdefault(guard, [])
        if row not in rows:
            rows.append(row)

    def cascade(self, cascade: Cascade) -> None:
        """Registers a change that a statement made to many rows in this transaction; its events are appended at commit."""
        if cascade.changed:
            self._cascades.append(cascade)

    # -- commit ----------------------------------------------------------------------------------

    async def commit(self, result: Any, reply: Reply) -> Answer:
        in_order = sorted(self._tracked.values(), key=self._lock_rank)
        changed = [tracked for tracked in in_order if tracked.is_changed]
        for tracked in changed:
            tracked.settle()
        shown = self._shown(result)
        answer = answer_of(shown, reply)
        key = self._key(shown, answer)
        if not changed and key is None and self._has_recalled:
            raise Moved  # Nothing would be sent that could check what was remembered.
        if not changed and key is None and not self._has_written:
            return answer
        commits = self._prepare(in_order, changed, key)
        number = await self._send(commits, answer, lambda: self._place(changed, shown))
        self._announce(changed)
        if number is not None and isinstance(shown, Tracked):
            setattr(shown.aggregate, commits[0].allocation.number, number)  # type: ignore[union-attr]  # It told a number.
            shown.settle()
            return answer_of(shown, reply)
        return answer

    def _shown(self, result: Any) -> Shown:
        if isinstance(result, list):
            by_aggregate = {id(tracked.aggregate): tracked for tracked in self._tracked.values()}
            return [by_aggregate[id(aggregate)] for aggregate in result]
        for tracked in self._tracked.values():
            if tracked.aggregate is result:
                return tracked
        return None

    def _announce(self, changed: list[Tracked]) -> None:
        for tracked in changed:
            if tracked.mapping.is_remembered:
                self._database.recollection.forget(tracked.mapping.name, tracked.mapping.key_of(tracked.aggregate))
        types = {str(tracked.aggregate.event) for tracked in changed} | {cascade.event for cascade in self._cascades}
        self._signal.ring(types)

    def _lock_rank(self, tracked: Tracked) -> tuple[UUID, int, str, UUID]:
        aggregate = tracked.aggregate
        return aggregate.stream_id, tracked.mapping.lock_rank, tracked.kind, aggregate.id

    def _place(self, changed: list[Tracked], shown: Shown) -> Place | None:
        if not changed:
            return None
        return place_of(self._attempt, changed, shown if isinstance(shown, Tracked) and shown in changed else changed[0])

    def _key(self, shown: Shown, answer: Answer) -> Parameters | None:
        key = self._attempt.context.retry_key
        if key is None:
            return None
        one = shown if isinstance(shown, Tracked) else None
        is_in_log = one is not None and one.mapping.logs_values and not answer.reply.present
        return {
            "stream_id": key.stream_id,
            "user_id": key.user_id,
            "key": key.key,
            "fingerprint": key.fingerprint,
            "status": answer.reply.status,
            "location": answer.reply.location,
            "entity_stream_id": one.aggregate.stream_id if one else None,
            "entity_id": one.aggregate.id if one else None,
            "entity_version": answer.version,
            "body": answer.body if shown is not None and not is_in_log else None,
            "created_at": self._attempt.begun_at,
        }

    def _prepare(self, in_order: list[Tracked], changed: list[Tracked], key: Parameters | None) -> list[Commit]:
        """One statement per stream, in the order of their ids; the retry key goes with the last."""
        relied, allocation = dict(self._relied), allocation_for(changed)
        for tracked in in_order:
            if tracked.is_changed or tracked.loaded is None:
                continue
            if not tracked.is_locked or (allocation is not None and tracked.mapping is allocation.parent):
                key_of_row = tracked.mapping.key_of(tracked.aggregate)
                relied.setdefault(tracked.mapping.guard, []).append((*key_of_row, tracked.loaded_version))
        if not changed and key is None:
            return []
        *others, last = [list(share) for _, share in groupby(changed, key=lambda t: t.aggregate.stream_id)] or [[]]
        commits = []
        sent = 0
        for share in others:
            commits.append(prepare(self._attempt, share, relied, first_event=sent))
            sent, relied = sent + len(share), {}
        return [*commits, prepare(self._attempt, last, relied, allocation=allocation, key=key, first_event=sent)]

    async def _send(self, commits: list[Commit], answer: Answer, place: Callable[[], Place | None]) -> int | None:
        """Sends the statements, in a transaction where one is open or needed. Returns the number that was allocated, if any."""
        connection = await self._borrow()
        if not connection.in_transaction and not (len(commits) == 1 and commits[0].is_atomic):
            await self.lock()
        if connection.is_closed:
            raise ConnectionLost  # Nothing was sent.
        in_transaction, number, is_last = connection.in_transaction, None, False
        try:
            for commit in commits:
                verdict = await connection.fetch_row(commit.statement, commit.parameters)
                number = _read(verdict, commit)
            sent = len(self._tracked)
            for cascade in self._cascades:
                await append_events(connection, cascade, self._attempt, sent)
                sent += len(cascade.changed)
            if in_transaction:
                is_last = True
                await connection.commit()
        except Exception as error:
            if is_lost(error) and (is_last or not in_transaction):
                is_incomplete = any(commit.allocation for commit in commits)
                raise ReplyLost(answer, place(), is_incomplete=is_incomplete) from error
            self._refuse(error)
        return number

    def _refuse(self, error: Exception) -> NoReturn:
        """Tells what the database meant by refusing a row."""
        if isinstance(error, asyncpg.UniqueViolationError | asyncpg.CheckViolationError):
            name = str(error.constraint_name)
            if name == "pk_retry_keys":
                raise KeyTaken from error
            if name == _EVENT_OF_VERSION:
                raise IdTaken from error
            for tracked in self._tracked.values():
                if name in tracked.mapping.constraints:
                    raise tracked.mapping.constraints[name]() from error
        raise self._before_commit(error) from error

    def _before_commit(self, error: Exception) -> Exception:
        """Until commit is sent a connection that breaks has undone everything: the command is simply run again."""
        return ConnectionLost() if is_lost(error) and not isinstance(error, TimeoutError) else outside_transaction(error)

    async def _borrow(self) -> Connection:
        if self._connection is None:
            self._connection = await self._database.acquire()
        return self._connection


def _read(verdict: Record | None, commit: Commit) -> int | None:
    """Reads how far a commit came. Anything less than all of it is a version that moved."""
    if verdict is None or not verdict["done"]:
        raise Moved
    return verdict["allocated"] if commit.allocation else None
