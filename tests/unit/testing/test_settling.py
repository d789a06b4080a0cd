"""Waiting for the background: it ends when nothing is left, or says what is."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taskhub.kernel.application.due_work import DueWork, Pending
from taskhub.testing.control.clock import MovableClock
from taskhub.testing.control.errors import NotSettled
from taskhub.testing.control.settling import Settling

START = datetime(2026, 1, 1, tzinfo=UTC)


class FakeWork:
    """Work that is due at some instants. Whatever is due is done, and noted with the time that it was then."""

    name = "webhooks.deliveries"

    def __init__(self, clock: Callable[[], datetime], *due: datetime | None, fails: bool = False) -> None:
        self._clock = clock
        self.due = list(due)
        self.fails = fails
        self.done: list[datetime] = []

    async def run(self) -> None: ...

    async def catch_up(self) -> None:
        for at in [at for at in self.due if at is None or at <= self._clock()]:
            if not self.fails:
                self.due.remove(at)
                self.done.append(self._clock())

    async def pending(self) -> Sequence[Pending]:
        return [Pending("a delivery", at) for at in self.due]


class FakeBackground:
    """``leaves``: what the first purge leaves to be done."""

    def __init__(self, *work: DueWork, leaves: Callable[[], None] | None = None) -> None:
        self.due_work = list(work)
        self.purges: list[int] = []
        self._leaves = leaves

    async def purge_once(self) -> dict[str, int]:
        removed = int(self._leaves is not None)
        if self._leaves is not None:
            self._leaves()
        self._leaves = None
        self.purges.append(removed)
        return {"trash": removed}


def frozen_clock() -> MovableClock:
    clock = MovableClock(lambda: START)
    clock.freeze()
    return clock


def settling(background: Any, clock: MovableClock) -> Settling:
    return Settling(background, clock)


def test_the_fake_is_due_work() -> None:
    assert isinstance(FakeWork(lambda: START), DueWork)


async def test_it_is_settled_when_nothing_is_left() -> None:
    clock = frozen_clock()
    work = FakeWork(clock, None, None)
    await settling(FakeBackground(work), clock).settle(0)
    assert work.due == []


async def test_nothing_is_left_to_be_purged_either() -> None:
    clock = frozen_clock()
    work = FakeWork(clock)
    background = FakeBackground(work, leaves=lambda: work.due.append(None))
    await settling(background, clock).settle(0)
    assert (background.purges, work.due) == ([1, 0], [])


async def test_before_the_clock_moves_what_is_due_already_is_done() -> None:
    clock = frozen_clock()
    work = FakeWork(clock, None)
    await settling(FakeBackground(work), clock).advance(timedelta(hours=1), 0)
    assert work.done == [START]


async def test_what_is_left_is_told_with_who_has_yet_to_do_it() -> None:
    clock = frozen_clock()
    work = FakeWork(clock, None, START + timedelta(minutes=1), fails=True)
    with pytest.raises(NotSettled) as told:
        await settling(FakeBackground(work), clock).settle(0)
    assert told.value.extra["pending"] == [
        "webhooks.deliveries: a delivery",
        "webhooks.deliveries: a delivery (again at 2026-01-01T00:01:00+00:00)",
    ]


async def test_on_its_way_the_clock_stops_wherever_something_becomes_due() -> None:
    clock = frozen_clock()
    minutes = [START + timedelta(minutes=at) for at in (1, 5, 90)]
    work = FakeWork(clock, *minutes)
    await settling(FakeBackground(work), clock).advance(timedelta(hours=1), 0)
    assert work.done == minutes[:2], "each at its time, and the last one not yet"
    assert clock() == START + timedelta(hours=1)


async def test_purges_run_until_they_have_nothing_to_remove_and_what_follows_from_them_is_done() -> None:
    clock = frozen_clock()
    work = FakeWork(clock)
    background = FakeBackground(work, leaves=lambda: work.due.append(None))
    await settling(background, clock).advance(timedelta(days=31), 0)
    assert background.purges == [1, 0]
    assert work.done == [START + timedelta(days=31)]


async def test_what_does_not_get_done_on_the_way_is_told() -> None:
    clock = frozen_clock()
    work = FakeWork(clock, START + timedelta(minutes=1), fails=True)
    with pytest.raises(NotSettled):
        await settling(FakeBackground(work), clock).advance(timedelta(hours=1), 0)


async def test_a_purge_that_never_ends_is_told() -> None:
    clock = frozen_clock()
    background = FakeBackground()

    async def purge_once() -> dict[str, int]:
        return {"trash": 0, "endless": 1}

    background.purge_once = purge_once  # type: ignore[method-assign]  # For this test alone.
    with pytest.raises(NotSettled, match="the purge endless finds something each time"):
        await settling(background, clock).settle(0)
