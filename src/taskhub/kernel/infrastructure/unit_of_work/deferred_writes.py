"""What the commands of a batch write as late as they can: when a statement has to see it, or at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import asyncpg

from taskhub.kernel.application.unit_of_work import Attempt, ConcurrencyConflict, IdempotencyKeyExists
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.errors import translate_error_before_commit, violated_constraint
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.bindings import RowWrite
from taskhub.kernel.infrastructure.unit_of_work.cascade import Cascade
from taskhub.kernel.infrastructure.unit_of_work.changes import Change, change_of, event_row
from taskhub.kernel.infrastructure.unit_of_work.counters import Counters, counting
from taskhub.kernel.infrastructure.unit_of_work.execution import append_cascade, send
from taskhub.kernel.infrastructure.unit_of_work.identity_map import INSERT, IdentityMap, Tracked
from taskhub.kernel.infrastructure.unit_of_work.mapping import InsertStep
from taskhub.kernel.infrastructure.unit_of_work.plan import insert_step_of
from taskhub.kernel.infrastructure.unit_of_work.shared_connection import SharedConnection
from taskhub.kernel.infrastructure.unit_of_work.unwritten import (
    Cascaded,
    Rows,
    UnwrittenEvents,
    UnwrittenRows,
    log_statement,
    rows_statement,
)

_NO_STREAM = UUID(int=0)
_LOG = frozenset({EventRow.__tablename__, StreamRow.__tablename__})


class DeferredWrites:
    """Rows, counters and events of a transaction that are not written yet.

    Attributes:
        first_seqs: the number of the first event that was appended to each stream: its counter is held.
        are_being_written: whether a statement comes from here, which need not be prepared.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._rows = UnwrittenRows()
        self._counters = Counters()
        self._log = UnwrittenEvents()
        self.first_seqs: dict[UUID, int] = {}
        self.are_being_written = False

    async def write_for(self, statement: Statement, connection: SharedConnection) -> None:
        """Writes what a statement has to see."""
        if not (self._rows.tables | self._counters.tables).isdisjoint(statement.tables):
            await self._write_rows(connection)
        self._counters.forget(statement.written)
        if self._log and not _LOG.isdisjoint(statement.tables):
            await self.flush(connection)

    @contextmanager
    def being_written(self) -> Iterator[None]:
        """The statements of the block write what there is, or what comes after it."""
        self.are_being_written = True
        try:
            yield
        finally:
            self.are_being_written = False

    async def add(
        self, attempt: Attempt, identity_map: IdentityMap, cascades: Sequence[Cascade], connection: SharedConnection
    ) -> list[Change]:
        """Takes what a command has changed. ``attempt``: the command's."""
        changed = identity_map.changed_in_lock_order()
        if any(one.kind == INSERT and one in self._rows for one in changed):
            await self._write_rows(connection)  # Another one with this id is there, which the database will tell.
        step = insert_step_of(changed)
        if step is not None and (counting_step := counting(step)) is not None:
            parent = counting_step.parent
            locked = [parent.key_of(one) for one in identity_map.all_locked(parent)]
            await self._counters.count(counting_step, changed[0].aggregate, locked, connection)
            step = None
        elif step is not None:
            await self._insert(changed[0], step, identity_map, connection)
        changes = [change_of(one, attempt.event_id(index)) for index, one in enumerate(changed)]
        for change in changes:
            self._log.add(change.tracked.aggregate.stream_id, event_row(change))
            if step is None:
                self._rows.add(change)
        if self._rows.keeps_replaced:
            await self._write_rows(connection)
        first_event = len(changes)
        for cascade in cascades:
            self._log.add(cascade.stream_id, Cascaded(cascade, attempt, first_event))
            first_event += len(cascade.changed)
        return changes

    async def flush(self, connection: SharedConnection, key: Parameters | None = None) -> None:
        """Writes all that there is. ``key``: the values of the idempotency key's row, if there is one."""
        await self._write_counters(connection)
        *others, rows = [*self._rows.take()] or [[]]
        for of_stream in others:
            await self._send(rows_statement(of_stream), connection)
        for stream_id, events in self._log.take():
            if isinstance(events, Cascaded):
                if rows or key is not None:
                    await self._send(log_statement(self._attempt, stream_id, [], rows, key, None), connection)
                await self._append(events, connection)
            else:
                first_seq = self.first_seqs.get(stream_id)
                told = await self._send(log_statement(self._attempt, stream_id, events, rows, key, first_seq), connection)
                self.first_seqs.setdefault(stream_id, told["first_seq"])
            rows, key = [], None
        if rows or key is not None:
            await self._send(log_statement(self._attempt, _NO_STREAM, [], rows, key, None), connection)

    async def _insert(self, tracked: Tracked, step: InsertStep, identity_map: IdentityMap, connection: SharedConnection) -> None:
        """Inserts a row behind the step that gives it what only the database can tell."""
        if step.parent.name in self._rows.tables:
            await self._write_rows(connection)
        parent = next(
            one
            for one in identity_map.tracked()
            if one.mapping is step.parent and step.parent.key_of(one.aggregate) == step.parent_key(tracked.aggregate)
        )
        mapping = tracked.mapping
        row = RowWrite(mapping, INSERT, mapping.to_row(tracked.aggregate), None, 0)
        place = (*step.parent.key_of(parent.aggregate), parent.loaded_version)
        step.complete(tracked.aggregate, await self._send(rows_statement([row], step, place), connection))

    async def _write_rows(self, connection: SharedConnection) -> None:
        await self._write_counters(connection)
        for rows in self._rows.take():
            await self._send(rows_statement(rows), connection)

    async def _write_counters(self, connection: SharedConnection) -> None:
        for statement, parameters in self._counters.take():
            await connection.send(statement, parameters)

    async def _append(self, events: Cascaded, connection: SharedConnection) -> None:
        with self.being_written():
            await append_cascade(events.cascade, connection, events.attempt, events.first_event, self.first_seqs)

    async def _send(self, written: Rows, connection: SharedConnection) -> dict[str, Any]:
        try:
            return await send(written.shape, written.parameters, connection.send, in_steps=connection.database.is_distributed)
        except Exception as error:
            raise self._meaning_of(error) from error

    def _meaning_of(self, error: Exception) -> Exception:
        """A row that the database refuses may be that of any command: run again, each learns for itself."""
        if isinstance(error, asyncpg.IntegrityConstraintViolationError):
            if violated_constraint(error) == "pk_retry_keys":
                return IdempotencyKeyExists()
            self._attempt.is_eager = True
            return ConcurrencyConflict()
        return translate_error_before_commit(error)
