"""One look at all logs that are followed."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from support.harness.waiting import PATIENCE_SECONDS
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.application.log_pages import LogPage
from taskhub.kernel.infrastructure.event_log.log_follower import READS_AT_ONCE, FollowedLog, LogFollower
from taskhub.kernel.infrastructure.event_log.log_reader import LogReader
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier


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
        self.reading.append(stream_id)
        if self.is_away:
            raise Unavailable("The database is away.")
        await self.goes_on.wait()
        return LogPage([], self.end, self.end, 0)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def follower(reader: Reader) -> LogFollower:
    return LogFollower(cast("LogReader", cast("Any", reader)), EventNotifier())


async def all_read(reader: Reader, count: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(reader.reading) < count:
            await asyncio.sleep(0)


async def test_a_log_does_not_wait_for_those_before_it(reader: Reader, follower: LogFollower) -> None:
    with ExitStack() as stack:
        logs = [stack.enter_context(follower.follow(uuid4())) for _ in range(2 * READS_AT_ONCE)]
        await follower.look()
        looking = asyncio.create_task(follower.look())
        await all_read(reader, READS_AT_ONCE)
        reader.goes_on.set()
        await looking
        assert [log.end for log in logs] == [2] * len(logs)
        assert sorted(reader.reading) == sorted(set(reader.reading))


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


async def grown_beyond(log: FollowedLog, seq: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (log.end or 0) <= seq:
            await log.wait(PATIENCE_SECONDS)
