"""A request that waits for a change is answered when its time is over, also while it goes through what is there."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest

from taskhub.activity.application.ports import FollowedLog
from taskhub.activity.application.read_changes import read_changes
from taskhub.kernel.application.log_pages import EventFilter, LogPage

STEP = 20_000
PATIENCE_SECONDS = 10.0


class EndlessLog:
    """A log without anything that is wanted."""

    def __init__(self) -> None:
        self.reads = 0

    async def read(self, stream_id: UUID, after: int, limit: int, wanted: EventFilter) -> LogPage:
        self.reads += 1
        await asyncio.sleep(0)
        return LogPage((), after + STEP, 10**18)

    async def last_seq(self, stream_id: UUID) -> int:
        raise NotImplementedError

    async def seq_before(self, stream_id: UUID, instant: object) -> int | None:
        raise NotImplementedError


class NoFollower:
    @contextmanager
    def follow(self, stream_id: UUID) -> Iterator[FollowedLog]:
        yield  # type: ignore[misc]  # Nobody gets so far as to ask it.


@pytest.mark.parametrize(("seconds", "reads_once"), [(0.0, True), (0.05, False)])
async def test_a_filter_that_nothing_passes_is_answered_in_time(seconds: float, reads_once: bool) -> None:
    log = EndlessLog()
    async with asyncio.timeout(PATIENCE_SECONDS):
        page = await read_changes(log, NoFollower(), uuid4(), EventFilter(), after=0, limit=10, wait_seconds=seconds)
    assert (log.reads == 1) is reads_once
    assert (page.events, page.until, page.has_more) == ((), log.reads * STEP, True)
