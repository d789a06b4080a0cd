"""Runs a subscriber over all logs: woken in the process, and polling for what other processes have written."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.errors import Busy, OutcomeUnknown, Unavailable
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.application.subscriber import Subscriber
from taskhub.kernel.contract.events import Event
from taskhub.kernel.infrastructure.event_log import subscription_statements as positions
from taskhub.kernel.infrastructure.event_log.notifier import StreamSignal
from taskhub.kernel.infrastructure.postgres.database import Database, Record
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork

POLL_SECONDS = 1.0
SWEEP = timedelta(seconds=60)
EVENTS_AT_ONCE = 50_000
"""How many new events one look goes through: a tenth of a second's work for the database."""
FAILURES_BEFORE_PARKING = 8
FIRST_REST = timedelta(milliseconds=200)

log = structlog.get_logger("taskhub.subscriptions")


class Subscription:
    """One subscriber in this process. Any number of processes may run the same; each log is worked on by one at a time."""

    def __init__(
        self, subscriber: Subscriber, runner: Runner[Any], database: Database, signal: StreamSignal, clock: Clock
    ) -> None:
        self._subscriber = subscriber
        self._runner = runner
        self._database = database
        self._clock = clock
        self._bell = signal.listen(subscriber.types)
        self._seen: dict[UUID, int] = {}
        """How far each log was looked through, ahead of the durable position where nothing was wanted."""
        self._swept_at = clock() - SWEEP * 2

    async def run(self) -> None:
        """Works until cancelled. A database that is away is waited for."""
        while True:
            try:
                await self.catch_up()
            except (Unavailable, Busy):
                log.warning("the database does not answer", subscriber=self._subscriber.name)
            except Exception:
                log.exception("subscription failed", subscriber=self._subscriber.name)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._bell.wait(), POLL_SECONDS)
            self._bell.clear()

    async def catch_up(self) -> None:
        """Looks at what is new in all logs that have moved, as far as one round may go, and handles what is wanted of it."""
        now = self._clock()
        sweeps = now - self._swept_at >= SWEEP
        since = now - SWEEP * 2 if not sweeps else now - timedelta(days=36500)
        parameters = {"subscriber": self._subscriber.name, "since": since, "now": now}
        stretches = [
            stretch
            for record in await self._database.fetch(positions.MOVED, parameters)
            if (stretch := _Stretch.beyond(record, self._seen)).after < stretch.until
        ]
        for some in _portions(stretches):
            await self._look_at(some, passes_over=sweeps)
        if sweeps:
            self._seen.clear()
            self._swept_at = now
        if any(stretch.is_cut for stretch in stretches):
            self._bell.set()

    async def _look_at(self, stretches: "list[_Stretch]", *, passes_over: bool) -> None:
        scan = {
            "stream_ids": [stretch.stream_id for stretch in stretches],
            "after": [stretch.after for stretch in stretches],
            "until": [stretch.until for stretch in stretches],
            "types": list(self._subscriber.types),
        }
        wanted = {row["stream_id"] for row in await self._database.fetch(positions.WANTED, scan)}
        for stretch in stretches:
            if stretch.stream_id not in wanted or await self._work_through(stretch.stream_id):
                self._seen[stretch.stream_id] = stretch.until
        if passes_over:
            await self._pass_over([stretch for stretch in stretches if stretch.stream_id not in wanted])

    async def _pass_over(self, stretches: "list[_Stretch]") -> None:
        scan = {
            "subscriber": self._subscriber.name,
            "stream_ids": [stretch.stream_id for stretch in stretches],
            "after": [stretch.position for stretch in stretches],
            "until": [stretch.until for stretch in stretches],
        }
        await self._database.fetch(positions.ENTER_MANY, scan)
        await self._database.fetch(positions.PASS_OVER, scan)

    async def _work_through(self, stream_id: UUID) -> bool:
        """Handles one log. False where it is not known to be finished: somebody else works on it, or an event failed."""
        while True:
            step = _Step(self._subscriber, stream_id)
            try:
                state = await self._runner.perform(step.take, None, Context())
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
        rest = FIRST_REST * 2**step.failures
        await self._database.fetch(positions.ENTER, place)
        rows = await self._database.fetch(positions.FAIL, {**place, "retry_at": now + rest})
        if rows and rows[0]["failures"] >= FAILURES_BEFORE_PARKING and step.seq:
            await self._database.fetch(positions.PARK, {**place, "seq": step.seq, "error": repr(error)[:2000], "now": now})
            await self._database.fetch(positions.ADVANCE, {**place, "seq": step.seq})


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The part of one log that is new: after what was looked at, until its end or as far as one round may go."""

    stream_id: UUID
    position: int
    after: int
    until: int
    is_cut: bool

    @classmethod
    def beyond(cls, record: Record, seen: dict[UUID, int]) -> "_Stretch":
        stream_id, last_seq, position = record["stream_id"], record["last_seq"], record["position"]
        after = max(position, seen.get(stream_id, 0))
        until = min(last_seq, after + EVENTS_AT_ONCE)
        return cls(stream_id, position, after, until, until < last_seq)


def _portions(stretches: list[_Stretch]) -> Iterator[list[_Stretch]]:
    """Stretches in portions that one statement can look through in good time."""
    portion: list[_Stretch] = []
    size = 0
    for stretch in stretches:
        portion.append(stretch)
        size += stretch.until - stretch.after
        if size >= EVENTS_AT_ONCE:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


class _Step:
    """One event of one log, handled in one transaction."""

    def __init__(self, subscriber: Subscriber, stream_id: UUID) -> None:
        self.subscriber = subscriber
        self.stream_id = stream_id
        self.seq: int | None = None
        self.failures = 0

    async def take(self, _: None, uow: SqlUnitOfWork) -> str:
        await uow.lock()
        place = {"subscriber": self.subscriber.name, "stream_id": self.stream_id}
        await uow.write(positions.ENTER, place)
        row = await uow.fetch_row(positions.LOCK, place)
        if row is None:
            return "busy"
        self.failures = row["failures"]
        record = await uow.fetch_row(positions.NEXT, {**place, "seq": row["position"], "types": list(self.subscriber.types)})
        if record is None:
            return "done"
        self.seq = record["seq"]
        if await self.subscriber.handle(event_of(record), uow):
            await uow.write(positions.ADVANCE, {**place, "seq": self.seq})
        return "more"


def event_of(record: Record) -> Event:
    snapshot = record["snapshot"]
    return Event(
        record["stream_id"],
        record["seq"],
        record["id"],
        record["type"],
        record["entity_type"],
        record["entity_id"],
        record["entity_version"],
        record["actor_id"],
        record["occurred_at"],
        record["request_id"],
        msgspec.json.decode(record["changes"]),
        None if snapshot is None else msgspec.json.decode(snapshot),
    )
