"""A unit of work that several commands share: those of a batch, or one that is only tried out.

Each command has a unit of work of its module, on the connection and with the aggregates of this one. In a batch, what it changed
is written when a statement has to see it, or at the end, in as few statements as there can be. Events are appended at the end:
whoever takes numbers of a log keeps all other writers of it waiting.
"""

from collections.abc import Callable, Iterable, Sequence, Set
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, bindparam, func, select, text

from taskhub.kernel.application.commands import Answer, Context, Reply
from taskhub.kernel.application.turns import in_thread_if_many
from taskhub.kernel.application.unit_of_work import Attempt, ConcurrencyConflict, EventLocator, ReplyLost
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.domain.ids import parse_id
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.event_log.records import EVENT_COLUMNS, logged_event_of
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.connection import Connection
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.errors import leaves_commit_open, translate_error_before_commit
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.answers import answer_of, idempotency_key_row, shown_of
from taskhub.kernel.infrastructure.unit_of_work.cascade import Cascade
from taskhub.kernel.infrastructure.unit_of_work.changes import Change
from taskhub.kernel.infrastructure.unit_of_work.deferred_writes import DeferredWrites
from taskhub.kernel.infrastructure.unit_of_work.execution import write
from taskhub.kernel.infrastructure.unit_of_work.identity_map import UPDATE
from taskhub.kernel.infrastructure.unit_of_work.plan import plan_commit
from taskhub.kernel.infrastructure.unit_of_work.row_locks import RowLocks
from taskhub.kernel.infrastructure.unit_of_work.shared_connection import SharedConnection
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork

LOCK_MILLISECONDS = 10
"""How long a command of a batch waits for a lock, as it may hold others that come after it in the common order: much less than
the second after which PostgreSQL looks for deadlocks. Then the batch is run again, with what it needs locked first.
"""
LAST_LOCK_MILLISECONDS = 3000
"""The counter of a log comes last in the order: whoever holds only what comes before may wait for it."""

_events, _streams = table_of(EventRow).c, table_of(StreamRow).c
_STREAM_ID = bindparam("stream_id", type_=Uuid())
_last_seq = select(_streams.last_seq).where(_streams.stream_id == _STREAM_ID).scalar_subquery()
_LATEST = Statement(
    select(*EVENT_COLUMNS)
    .where(_events.stream_id == _STREAM_ID, _events.seq > _last_seq - bindparam("count", type_=BigInteger()))
    .order_by(_events.seq)
)
_SET_LOCK_TIMEOUT, _SET_TIMEOUTS = (
    Statement(select(*(func.set_config(name, bindparam(name, type_=Text()), True) for name in names)))
    for names in (("lock_timeout",), ("lock_timeout", "statement_timeout"))
)
_SET_ON_NODES = Statement(text("SET LOCAL citus.propagate_set_commands = local"))
_SET_LOCK_TIMEOUT_ON_NODES = {
    milliseconds: Statement(text(f"SET LOCAL lock_timeout = {milliseconds}"))
    for milliseconds in (LOCK_MILLISECONDS, LAST_LOCK_MILLISECONDS)
}
"""Citus tells its nodes, where the rows are locked, what `SET LOCAL` says, and not what `set_config` does."""


class _Done(NamedTuple):
    """What the commands of one module have changed, to be told to it after the commit."""

    uow: SqlUnitOfWork
    changes: list[Change]
    cascades: list[Cascade]


class SharedUnitOfWork(SqlUnitOfWork):
    """The transaction that commands join. Its own `commit` ends it; in a dry run, that only reads the events.

    Attributes:
        events: those of a dry run, as they would have been appended.
    """

    def __init__(
        self, database: Database, notifier: EventNotifier, row_locks: Callable[[], Sequence[RowLocks]], attempt: Attempt
    ) -> None:
        """``row_locks``: those of all modules, in the order of their lock ranks."""
        super().__init__(database, notifier, attempt)
        self._row_locks = row_locks()
        self.events: list[LoggedEvent] = []
        self._in_context = database.shared_by(self)
        self._own: SharedConnection | None = None
        self._borrowed: Connection | None = None
        self._defers = False
        self._writes = DeferredWrites(attempt)
        self._counts: dict[UUID, int] = {}
        self._latest: dict[UUID, int] = {}
        self._locator: EventLocator | None = None
        self._stale: set[str] = set()
        self._written: set[str] = set()
        self._done: dict[type, _Done] = {}

    # -- the connection --------------------------------------------------------------------------

    async def __aenter__(self) -> "SharedUnitOfWork":
        self._in_context.__enter__()
        await super().__aenter__()
        return self

    async def connection(self) -> SharedConnection:
        if self._own is None:
            self._borrowed = await self._database.acquire()
            self._connection = self._own = SharedConnection(self._borrowed, self._prepare)
        return self._own

    async def _acquire(self) -> Connection:
        return await self.connection()

    async def _release(self) -> None:
        self._in_context.__exit__(None, None, None)
        own, self._own, self._connection = self._own, None, None
        if own is None or self._borrowed is None:
            return
        self._attempt.lock_ids |= own.refused_ids | {one.aggregate.id for one in self.identity_map.tracked()}
        try:
            await own.undo()
        except Exception:
            own.discard()
        finally:
            self._database.release(self._borrowed)

    def has_written(self, *tables: str) -> bool:
        return not self._written.isdisjoint(tables)

    async def _prepare(self, statement: Statement) -> None:
        """Writes what a statement has to see. What it changes itself is read anew by the next command."""
        if self._writes.are_being_written:
            return
        await self._writes.write_for(statement, await self.connection())
        if not statement.is_counting:
            self._stale |= statement.written
        self._written |= statement.written

    # -- commands --------------------------------------------------------------------------------

    def join(self, context: Context) -> Attempt:
        attempt = Attempt(context, self._attempt.begun_at, self)
        attempt.locking = self.is_locking
        attempt.lock_first = self._attempt.lock_first
        return attempt

    @property
    def lock_ids(self) -> Set[UUID]:
        return self._attempt.lock_ids

    async def lock_named(self, stream_id: UUID, names: Iterable[str]) -> None:
        ids, texts = set(self._attempt.lock_ids), set[str]()
        for name in names:
            try:
                ids.add(parse_id(name))
            except NotFound:
                texts.add(name)
        for lock in self._row_locks:
            await lock(self, stream_id, ids, texts)

    async def defer(self, *, seconds: float) -> None:
        """From here on, commands write as late as they can. What comes before them is locked: they hardly wait for locks."""
        self._defers = not self._attempt.is_eager
        await self._limit(lock_timeout=LOCK_MILLISECONDS, statement_timeout=int(seconds * 1000))
        (await self.connection()).wait(seconds)

    async def take(self, joined: SqlUnitOfWork, attempt: Attempt, cascades: list[Cascade], result: Any, reply: Reply) -> Answer:
        self.identity_map.raise_versions()
        if self._defers and not self.identity_map.guarded:
            changes, answer = await self._defer(attempt, cascades, result, reply)
        else:
            changes, answer = await self._write(joined, attempt, cascades, result, reply)
        self._note_done(joined, changes, cascades)
        self._settle(changes)
        return answer

    async def _write(
        self, joined: SqlUnitOfWork, attempt: Attempt, cascades: list[Cascade], result: Any, reply: Reply
    ) -> tuple[Sequence[Change], Answer]:
        """All of it, at once, by the usual statement."""
        connection, first_seqs = await self.connection(), self._writes.first_seqs
        await self._writes.flush(connection)
        many = len(self.identity_map.tracked())
        plan = await in_thread_if_many(many, plan_commit, attempt, self.identity_map, result, reply, cascades, first_seqs)
        if not plan.commits and joined.rests_on_cache:
            raise ConcurrencyConflict
        await self.lock()
        with self._writes.being_written():
            fields = await write(plan, connection, attempt, first_seqs)
        self.identity_map.guarded.clear()
        return plan.changes, plan.complete(fields)

    async def _defer(
        self, attempt: Attempt, cascades: list[Cascade], result: Any, reply: Reply
    ) -> tuple[Sequence[Change], Answer]:
        changes = await self._writes.add(attempt, self.identity_map, cascades, await self.connection())
        return changes, answer_of(shown_of(result, self.identity_map.tracked(), changes), reply)

    def _note_done(self, joined: SqlUnitOfWork, changes: Sequence[Change], cascades: Sequence[Cascade]) -> None:
        done = self._done.setdefault(type(joined), _Done(joined, [], []))
        done.changes.extend(changes)
        done.cascades.extend(cascades)
        self._latest = {}
        for change in changes:
            aggregate = change.tracked.aggregate
            self._latest[aggregate.stream_id] = self._latest.get(aggregate.stream_id, 0) + 1
            self._written.add(change.tracked.mapping.name)
            if self._locator is None:
                self._locator = EventLocator(aggregate.stream_id, aggregate.id, aggregate.version, change.event_id)
        for cascade in cascades:
            self._latest[cascade.stream_id] = self._latest.get(cascade.stream_id, 0) + len(cascade.changed)
        for stream_id, count in self._latest.items():
            self._counts[stream_id] = self._counts.get(stream_id, 0) + count

    def _settle(self, changes: Sequence[Change]) -> None:
        """The next command finds everything as if it had just been loaded."""
        for change in changes:
            tracked, aggregate = change.tracked, change.tracked.aggregate
            aggregate.event = None
            for name in tracked.mapping.not_loaded:
                setattr(aggregate, name, None)
            tracked.loaded = tracked.mapping.to_row(aggregate)
            tracked.loaded_version = aggregate.version
            tracked.kind, tracked.is_locked = UPDATE, True
        self.identity_map.settle()
        stale, self._stale = self._stale, set()
        changed = stale | {change.tracked.mapping.name for change in changes}
        for guard in [guard for guard in self.identity_map.share_locked if guard.table.name in changed]:
            del self.identity_map.share_locked[guard]
        if stale or any(change.tracked.is_removed for change in changes):
            self.identity_map.drop(lambda one: one.is_removed or one.mapping.name in stale)

    # -- the end ---------------------------------------------------------------------------------

    async def commit(self, result: Any, reply: Reply) -> Answer:
        """``result``: the body of the answer."""
        answer = Answer(reply, None, result if isinstance(result, bytes) else b"")
        key = self._attempt.context.idempotency_key
        await self.lock()
        if not self._writes.first_seqs:  # Otherwise the counter is held, which comes after the key.
            await self._limit(lock_timeout=LAST_LOCK_MILLISECONDS)
        connection = await self.connection()
        await self._writes.flush(
            connection, None if key is None else idempotency_key_row(key, answer, [], self._attempt.begun_at)
        )
        if self._attempt.context.is_dry_run:
            for stream_id in sorted(self._counts):
                self.events += await self._read_latest(stream_id, self._counts[stream_id])
            return answer
        try:
            await connection.commit()
        except Exception as error:
            if leaves_commit_open(error, is_distributed=self._database.is_distributed):
                raise ReplyLost(answer, self._locator, is_incomplete=False) from error
            raise translate_error_before_commit(error) from error
        for uow, changes, cascades in self._done.values():
            uow._cascades[:] = cascades
            uow.after_commit(changes)
        return answer

    async def latest_events(self, stream_id: UUID, limit: int) -> list[LoggedEvent]:
        """The first events of the last command that has joined, and changed something."""
        await self._writes.flush(await self.connection())
        return (await self._read_latest(stream_id, self._latest.get(stream_id, 0)))[:limit]

    async def _read_latest(self, stream_id: UUID, count: int) -> list[LoggedEvent]:
        records = await self.fetch(_LATEST, {"stream_id": stream_id, "count": count})
        return [logged_event_of(record) for record in records]

    async def _limit(self, **milliseconds: int) -> None:
        parameters = {name: str(value) for name, value in milliseconds.items()}
        await self.fetch(_SET_TIMEOUTS if len(milliseconds) > 1 else _SET_LOCK_TIMEOUT, parameters)
        if self._database.is_distributed:
            await self.fetch(_SET_ON_NODES, {})
            await self.fetch(_SET_LOCK_TIMEOUT_ON_NODES[milliseconds["lock_timeout"]], {})
