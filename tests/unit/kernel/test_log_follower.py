"""One look at all logs that are followed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
import pytest

from support.harness.waiting import PATIENCE_SECONDS
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.application.log_pages import LogPage
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.infrastructure.event_log import log_follower
from taskhub.kernel.infrastructure.event_log.log_follower import FollowedEvent, FollowedLog, LogFollower
from taskhub.kernel.infrastructure.event_log.log_reader import LogReader
from taskhub.kernel.infrastructure.event_log.notifier import Appended, EventNotifier


class Reader:
    """A database in which each log has one event more at each look. A read is answered when ``goes_on`` is set."""

    def __init__(self) -> None:
        self.end = 0
        self.reading: list[UUID] = []
        self.goes_on = asyncio.Event()
        self.is_away = False

    async def last_seqs(self, stream_ids: Sequence[UUID]) -> dict[UUID, int]:
        self.end += 1
        return dict.fromkeys(stream_ids, self.end)

    async def read(self, stream_id: UUID, after: int, limit: int) -> LogPage:
        end = self.end
        self.reading.append(stream_id)
        if self.is_away:
            raise Unavailable("The database is away.")
        await self.goes_on.wait()
        return LogPage([logged_event(seq) for seq in range(after + 1, end + 1)], end, end, 0)


@dataclass(frozen=True)
class AppendedEvents:
    first_seq: int
    last_seq: int

    def events(self) -> list[LoggedEvent]:
        return [logged_event(seq) for seq in range(self.first_seq, self.last_seq + 1)]


class Unreadable(AppendedEvents):
    def events(self) -> list[LoggedEvent]:
        raise ValueError


def logged_event(seq: int) -> LoggedEvent:
    nothing: dict[str, Any] = {"actor_id": None, "request_id": None, "changes": msgspec.Raw(b"{}"), "snapshot": None}
    thing: dict[str, Any] = {"type": "task.updated", "entity_type": "task", "entity_id": uuid4(), "entity_version": 2}
    return LoggedEvent(seq=seq, id=uuid4(), commit=seq, occurred_at=datetime.now(UTC), **thing, **nothing)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def notifier() -> EventNotifier:
    return EventNotifier()


@pytest.fixture
def follower(reader: Reader, notifier: EventNotifier) -> LogFollower:
    return LogFollower(cast("LogReader", cast("Any", reader)), notifier)


async def all_read(reader: Reader, count: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(reader.reading) < count:
            await asyncio.sleep(0)


async def test_what_could_not_be_read_is_found_by_the_next_look(reader: Reader, follower: LogFollower) -> None:
    reader.goes_on.set()
    with follower.follow(uuid4()) as log:
        await follower.look()
        reader.is_away = True
        running = asyncio.create_task(follower.run())
        await all_read(reader, 1)
        reader.is_away = False
        await grown_beyond(log, 1)
        running.cancel()


async def test_what_a_commit_hands_on_is_there_at_once(follower: LogFollower, notifier: EventNotifier) -> None:
    stream_id = uuid4()
    with follower.follow(stream_id) as log:
        await follower.look()
        notifier.notify(set(), {stream_id: AppendedEvents(2, 4)})
        assert seqs_after(log, 0) is None
        assert seqs_after(log, 1) == [2, 3, 4]
        notifier.notify(set(), {stream_id: AppendedEvents(5, 5)})
        assert seqs_after(log, 3) == [4, 5]


@pytest.mark.parametrize("appended", [AppendedEvents(3, 3), Unreadable(2, 2), None])
async def test_what_can_not_be_taken_is_looked_for_at_once(
    reader: Reader, follower: LogFollower, notifier: EventNotifier, monkeypatch: pytest.MonkeyPatch, appended: Appended | None
) -> None:
    monkeypatch.setattr(log_follower, "LOOK_SECONDS", 10 * PATIENCE_SECONDS)
    stream_id = uuid4()
    reader.goes_on.set()
    with follower.follow(stream_id) as log:
        running = asyncio.create_task(follower.run())
        await grown_beyond(log, 0)
        notifier.notify(set(), {stream_id: appended})
        await grown_beyond(log, 1)
        assert seqs_after(log, 1) == [2]
        running.cancel()


async def test_what_is_known_already_is_not_looked_for(follower: LogFollower, notifier: EventNotifier, reader: Reader) -> None:
    """An answer came late: a look has found what it tells, or the beginning of that and then all."""
    stream_id = uuid4()
    reader.goes_on.set()
    with follower.follow(stream_id) as log:
        follower._has_grown.clear()
        reader.end = 4
        await follower.look()
        notifier.notify(set(), {stream_id: AppendedEvents(3, 5)})
        assert (log.end, follower._has_grown.is_set()) == (5, False)


async def test_a_look_that_found_the_beginning_of_a_commit_is_followed_by_another(
    follower: LogFollower, notifier: EventNotifier, reader: Reader
) -> None:
    stream_id = uuid4()
    with follower.follow(stream_id) as log:
        await follower.look()
        follower._has_grown.clear()
        notifier.notify(set(), {stream_id: AppendedEvents(1, 2)})
        assert (log.end, follower._has_grown.is_set()) == (1, True)


async def test_nothing_is_there_twice_that_was_handed_on_while_it_was_read(
    reader: Reader, follower: LogFollower, notifier: EventNotifier
) -> None:
    stream_id = uuid4()
    with follower.follow(stream_id) as log:
        await follower.look()
        reader.end = 3
        looking = asyncio.create_task(follower.look())
        await all_read(reader, 1)
        notifier.notify(set(), {stream_id: AppendedEvents(2, 3)})
        reader.goes_on.set()
        await looking
        assert (seqs_after(log, 0), seqs_after(log, 1)) == (None, [2, 3, 4])


def seqs_after(log: FollowedLog, seq: int) -> list[int] | None:
    known = log.after(seq)
    return None if known is None else [one.event.seq for one in known]


async def grown_beyond(log: FollowedLog, seq: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (log.end or 0) <= seq:
            await log.wait(PATIENCE_SECONDS)


def test_what_is_kept_of_a_log_is_bounded_with_its_encoding() -> None:
    """As the stream encodes events: their values, and the names of all fields."""
    followed = FollowedLog()
    followed.grow([], 0)
    values = msgspec.Raw(b"x" * 20_000)
    for seq in range(1, 1_001):
        event = msgspec.structs.replace(logged_event(seq), changes=values)
        followed.grow([event], seq)
        (last,) = followed.after(seq - 1) or [FollowedEvent(event)]
        last.encoded = bytes(event.changes) + b"y" * 600
    first_kept = next(seq for seq in range(1_000) if followed.after(seq) is not None)
    kept = followed.after(first_kept) or ()
    taken = sum(one.event.size + len(one.encoded or b"") for one in kept)
    assert log_follower.KEPT_BYTES * 0.9 < taken <= log_follower.KEPT_BYTES
