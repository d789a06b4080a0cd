"""Runs a subscriber over all logs: woken in the process, and polling for what other processes have written."""

import asyncio
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from taskhub.kernel.application.clock import Clock, Monotonic, system_monotonic
from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.due_work import Pending
from taskhub.kernel.application.errors import Busy, OutcomeUnknown, Unavailable
from taskhub.kernel.application.initiator import BackgroundWork, background_work, initiated_by
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.application.subscriber import Subscriber
from taskhub.kernel.application.tracing import SpanKind, Trace
from taskhub.kernel.infrastructure.event_log import subscription_statements as statements
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.event_log.records import event_of
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork

POLL_SECONDS = 1.0
POLL_SECONDS_ON_NODES = 30.0
"""On Citus, where a look asks for each part of a table: others tell when there is something new."""
FULL_SCAN_SECONDS = 60.0
MOVED_LATELY = timedelta(seconds=120)
ALL_TIME = timedelta(days=36500)
EVENTS_PER_SCAN = 50_000
"""How many new events one look goes through: a tenth of a second's work for the database."""
FAILURES_BEFORE_PARKING = 8
FIRST_RETRY_DELAY = timedelta(milliseconds=200)
LAST_RETRY_DELAY = FIRST_RETRY_DELAY * 2 ** (FAILURES_BEFORE_PARKING - 1)

log = structlog.get_logger("taskhub.subscriptions")


class Subscription:
    """One subscriber in this process, as `DueWork`. Any number of processes may run the same; one at a time works on a log."""

    def __init__(
        self,
        subscriber: Subscriber,
        runner: Runner[Any],
        database: Database,
        notifier: EventNotifier,
        clock: Clock,
        monotonic: Monotonic = system_monotonic,
    ) -> None:
        self.name = subscriber.name
        self._initiator = BackgroundWork(f"subscriber {self.name}")
        self._subscriber = subscriber
        self._runner = runner
        self._database = database
        self._clock = clock
        self._new_events = notifier.listen(subscriber.types)
        self._seen: dict[UUID, int] = {}
        """How far each log was looked through, ahead of the durable position where nothing was wanted."""
        self._monotonic = monotonic
        self._full_scan_at = -math.inf
        """By the stopwatch: a clock that tests move may stand still, or begin anew."""
        self._unfinished_at = -math.inf
        """When a look failed here last, or an event, or somebody else worked on a log."""

    async def run(self) -> None:
        """Works until cancelled. A database that is away is waited for."""
        while True:
            try:
                with initiated_by(self._initiator):
                    await self._look(is_full=self._monotonic() - self._full_scan_at >= FULL_SCAN_SECONDS)
            except (Unavailable, Busy):
                self._unfinished_at = self._monotonic()
                log.warning("the database does not answer", subscriber=self._subscriber.name)
            except Exception:
                self._unfinished_at = self._monotonic()
                log.exception("subscription failed", subscriber=self._subscriber.name)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._new_events.wait(), self._rest())
            self._new_events.clear()

    def _rest(self) -> float:
        """The seconds until the next look, if nobody tells of anything new before."""
        may_retry = self._monotonic() - self._unfinished_at < LAST_RETRY_DELAY.total_seconds() + POLL_SECONDS
        return POLL_SECONDS_ON_NODES if self._database.is_distributed and not may_retry else POLL_SECONDS

    async def catch_up(self) -> None:
        """Looks at what is new in all logs, as far as one round may go, and handles what is wanted of it."""
        await self._look(is_full=True)

    async def _look(self, *, is_full: bool) -> None:
        """``is_full``: at all logs, not only at those that have moved lately by the clock of whoever moved them."""
        now, began = self._clock(), self._monotonic()
        since = now - (ALL_TIME if is_full else MOVED_LATELY)
        parameters = {"subscriber": self._subscriber.name, "since": since, "now": now}
        seq_ranges = [
            seq_range
            for record in await self._database.fetch(statements.CHANGED_STREAMS, parameters)
            if (seq_range := _SeqRange.beyond(record, self._seen)).after < seq_range.until
        ]
        for some in _batches(seq_ranges):
            await self._process(some, skips=is_full)
        if is_full:
            self._seen.clear()
            self._full_scan_at = began
        if any(seq_range.is_cut for seq_range in seq_ranges):
            self._new_events.set()

    async def pending(self) -> list[Pending]:
        """The logs with an event that it has yet to handle."""
        parameters = {"subscriber": self.name, "types": list(self._subscriber.types)}
        return [
            Pending(f"log {row['stream_id']} is at {row['last_seq']}, handled up to {row['position']}", row["retry_at"])
            for row in await self._database.fetch(statements.UNHANDLED_STREAMS, parameters)
        ]

    async def _process(self, seq_ranges: "list[_SeqRange]", *, skips: bool) -> None:
        scan = {
            "stream_ids": [seq_range.stream_id for seq_range in seq_ranges],
            "after": [seq_range.after for seq_range in seq_ranges],
            "until": [seq_range.until for seq_range in seq_ranges],
            "types": list(self._subscriber.types),
        }
        wanted = {row["stream_id"] for row in await self._database.fetch(statements.MATCHING_STREAMS, scan)}
        for seq_range in seq_ranges:
            if seq_range.stream_id not in wanted or await self._process_stream(seq_range.stream_id):
                self._seen[seq_range.stream_id] = seq_range.until
            else:
                self._unfinished_at = self._monotonic()
        if skips:
            await self._skip([seq_range for seq_range in seq_ranges if seq_range.stream_id not in wanted])

    async def _skip(self, seq_ranges: "list[_SeqRange]") -> None:
        places = [
            {"subscriber": self._subscriber.name, "stream_id": one.stream_id, "after": one.position, "seq": one.until}
            for one in seq_ranges
        ]
        await self._database.execute_many(statements.INSERT_POSITION, places)
        await self._database.execute_many(statements.SKIP_EVENTS, places)

    async def _process_stream(self, stream_id: UUID) -> bool:
        """Handles one log. False where it is not known to be finished: somebody else works on it, or an event failed."""
        while True:
            step = _Step(self._subscriber, stream_id)
            try:
                with background_work(self._initiator.operation, self._database.tracer, SpanKind.CONSUMER) as trace:
                    try:
                        state = await self._runner.perform(step.run, None, Context())
                    finally:
                        step.explain(trace)
            except Unavailable:
                raise
            except OutcomeUnknown:
                return False  # Whether it was done is seen at the next look.
            except Exception as error:
                await self._fail(step, error)
                return False
            if state != "more":
                return state == "done"

    async def _fail(self, step: "_Step", error: Exception) -> None:
        """Lets a failing event rest, twice as long each time; parks it when it has failed too often, so that the log goes on."""
        log.error("event failed", subscriber=self._subscriber.name, stream_id=step.stream_id, seq=step.seq, exc_info=error)
        now = self._clock()
        place = {"subscriber": self._subscriber.name, "stream_id": step.stream_id}
        delay = FIRST_RETRY_DELAY * 2**step.failures
        await self._database.fetch(statements.INSERT_POSITION, place)
        rows = await self._database.fetch(statements.RECORD_FAILURE, {**place, "retry_at": now + delay})
        if rows and rows[0]["failures"] >= FAILURES_BEFORE_PARKING and step.seq:
            await self._database.fetch(statements.PARK_EVENT, {**place, "seq": step.seq, "error": repr(error)[:2000], "now": now})
            await self._database.fetch(statements.ADVANCE_POSITION, {**place, "seq": step.seq})


@dataclass(frozen=True, slots=True)
class _SeqRange:
    """The part of one log that is new: after what was looked at, until its end or as far as one round may go."""

    stream_id: UUID
    position: int
    after: int
    until: int
    is_cut: bool

    @classmethod
    def beyond(cls, record: Record, seen: dict[UUID, int]) -> "_SeqRange":
        stream_id, last_seq, position = record["stream_id"], record["last_seq"], record["position"]
        after = max(position, seen.get(stream_id, 0))
        until = min(last_seq, after + EVENTS_PER_SCAN)
        return cls(stream_id, position, after, until, until < last_seq)


def _batches(seq_ranges: list[_SeqRange]) -> Iterator[list[_SeqRange]]:
    """Stretches in portions that one statement can look through in good time."""
    batch: list[_SeqRange] = []
    size = 0
    for seq_range in seq_ranges:
        batch.append(seq_range)
        size += seq_range.until - seq_range.after
        if size >= EVENTS_PER_SCAN:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Step:
    """One event of one log, handled in one transaction."""

    def __init__(self, subscriber: Subscriber, stream_id: UUID) -> None:
        self.subscriber = subscriber
        self.stream_id = stream_id
        self.seq: int | None = None
        self.request_id: str | None = None
        self.failures = 0

    def explain(self, trace: Trace | None) -> None:
        """Says what woke this; without an event there was nothing to do."""
        if trace is None:
            return
        if self.seq is None:
            trace.discard()
        else:
            trace.link_to(self.request_id)

    async def run(self, _: None, uow: SqlUnitOfWork) -> str:
        await uow.lock()
        place = {"subscriber": self.subscriber.name, "stream_id": self.stream_id}
        await uow.write(statements.INSERT_POSITION, place)
        row = await uow.fetch_row(statements.LOCK_POSITION, place)
        if row is None:
            return "busy"
        self.failures = row["failures"]
        record = await uow.fetch_row(
            statements.NEXT_EVENT, {**place, "seq": row["position"], "types": list(self.subscriber.types)}
        )
        if record is None:
            return "done"
        self.seq, self.request_id = record["seq"], record["request_id"]
        if await self.subscriber.handle(event_of(record), uow):
            await uow.write(statements.ADVANCE_POSITION, {**place, "seq": self.seq})
        return "more"


async def count_parked_events(database: Database) -> dict[str, int]:
    """How many events each subscriber failed to process and skipped, by its name.

    Raises:
        Unavailable, Busy
    """
    return {row["subscriber"]: row["count"] for row in await database.fetch(statements.COUNT_PARKED, {})}


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that a subscriber failed to process and skipped. ``error``: what it failed with."""

    subscriber: str
    stream_id: UUID
    seq: int
    error: str


async def list_parked_events(database: Database) -> list[ParkedEvent]:
    """All of them, for tests: nobody else wants to see those of all logs.

    Raises:
        Unavailable, Busy
    """
    return [ParkedEvent(*row) for row in await database.fetch(statements.PARKED_EVENTS, {})]
