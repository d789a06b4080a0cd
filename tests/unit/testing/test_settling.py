"""Waiting for the background: it ends when nothing is left, or says what is."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from support.harness.waiting import eventually
from taskhub.kernel.application.due_work import DueWork, Pending
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.infrastructure.event_log.subscriptions import ParkedEvent
from taskhub.testing.control import timed_call
from taskhub.testing.control.clock import MovableClock
from taskhub.testing.control.errors import NotSettled
from taskhub.testing.control.settling import Settling

START = datetime(2026, 1, 1, tzinfo=UTC)
LONG = 60.0
"""Seconds that are never over in a test that passes."""


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


class UnreliableWork(FakeWork):
    """``errors``: what its next calls fail with, one after the other. The last of them stays, if it is to."""

    def __init__(self, clock: Callable[[], datetime], *errors: Exception, for_ever: bool = False) -> None:
        super().__init__(clock, None)
        self.errors = list(errors)
        self.for_ever = for_ever

    def _fail(self) -> None:
        if self.errors:
            raise self.errors[0] if self.for_ever else self.errors.pop(0)

    async def catch_up(self) -> None:
        self._fail()
        await super().catch_up()


class HangingWork(FakeWork):
    """Does not come to an end. ``is_at_work``: it was called."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__(clock, None)
        self.is_at_work = False

    async def catch_up(self) -> None:
        self.is_at_work = True
        await asyncio.Event().wait()


class WorkBesideOthers(FakeWork):
    """Others come to do something while it looks."""

    async def pending(self) -> Sequence[Pending]:
        await asyncio.sleep(0)
        return await super().pending()


class WorkThatIsDueEachMinute(FakeWork):
    async def pending(self) -> Sequence[Pending]:
        return [Pending("a look", self._clock() + timedelta(minutes=1))]


class FakeBackground:
    """``leaves``: what the first purge leaves to be done. ``parked``: what subscribers have given up."""

    def __init__(self, *work: DueWork, leaves: Callable[[], None] | None = None) -> None:
        self.due_work = list(work)
        self.purges: list[int] = []
        self.parked: list[ParkedEvent] = []
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
    async def list_parked() -> list[ParkedEvent]:
        return list(background.parked)

    return Settling(background, clock, list_parked)


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
    await settling(background, clock).settle(LONG)
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
    await settling(FakeBackground(work), clock).advance(timedelta(hours=1), LONG)
    assert work.done == minutes[:2], "each at its time, and the last one not yet"
    assert clock() == START + timedelta(hours=1)


async def test_purges_run_until_they_have_nothing_to_remove_and_what_follows_from_them_is_done() -> None:
    clock = frozen_clock()
    work = FakeWork(clock)
    background = FakeBackground(work, leaves=lambda: work.due.append(None))
    await settling(background, clock).advance(timedelta(days=31), LONG)
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
    with pytest.raises(NotSettled, match="the purge endless still finds something"):
        await settling(background, clock).settle(0)


async def test_an_event_that_a_subscriber_has_given_up_is_told_once() -> None:
    clock = frozen_clock()
    background = FakeBackground()
    waiting = settling(background, clock)
    background.parked.append(ParkedEvent("notes.counter", UUID(int=1), 7, "ValueError('planted')"))
    with pytest.raises(NotSettled) as told:
        await waiting.advance(timedelta(hours=1), LONG)
    given_up = "notes.counter has given up event 7 of log 00000000-0000-0000-0000-000000000001: ValueError('planted')"
    assert told.value.extra["pending"] == [given_up]
    assert clock() == START + timedelta(hours=1), "the log goes on, and so does the clock"
    await waiting.settle(LONG)
    background.parked.append(ParkedEvent("notes.counter", UUID(int=1), 8, "ValueError('planted')"))
    with pytest.raises(NotSettled, match="event 8"):
        await waiting.settle(LONG)


async def test_there_is_one_deadline_for_the_whole_way_and_it_is_told_how_far_the_clock_has_come() -> None:
    clock = frozen_clock()
    with pytest.raises(NotSettled, match=r"has come to 2026-01-01T00:00:00.*, on its way to 2026-02-01T00:00:00"):
        await settling(FakeBackground(WorkThatIsDueEachMinute(clock)), clock).advance(timedelta(days=31), 0)
    assert clock() < START + timedelta(days=1)


async def test_work_that_hangs_is_broken_off_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed_call, "GRACE_SECONDS", 0.0)
    clock = frozen_clock()
    async with asyncio.timeout(LONG):
        with pytest.raises(NotSettled, match=r"still under way: webhooks\.deliveries"):
            await settling(FakeBackground(HangingWork(clock)), clock).settle(0.01)


@pytest.mark.parametrize("error", [Busy(), Unavailable(), ValueError("planted")], ids=["busy", "unavailable", "a mistake"])
async def test_what_fails_is_tried_again(error: Exception) -> None:
    clock = frozen_clock()
    work = UnreliableWork(clock, error, error)
    background = FakeBackground(work)
    await settling(background, clock).settle(LONG)
    assert (work.due, work.errors) == ([], [])


async def test_what_fails_until_the_end_is_told_with_its_error() -> None:
    clock = frozen_clock()
    with pytest.raises(NotSettled) as told:
        await settling(FakeBackground(UnreliableWork(clock, ValueError("planted"), for_ever=True)), clock).settle(0)
    assert told.value.extra["pending"] == [
        "webhooks.deliveries fails: ValueError('planted')",
        "webhooks.deliveries: a delivery",
    ]


async def test_purges_that_find_the_database_busy_run_again() -> None:
    clock = frozen_clock()
    background = FakeBackground()
    errors = [Busy(), Unavailable()]

    async def purge_once() -> dict[str, int]:
        if errors:
            raise errors.pop()
        return {"trash": 0}

    background.purge_once = purge_once  # type: ignore[method-assign]  # For this test alone.
    assert await settling(background, clock).purge(LONG) == {"trash": 0}
    errors.append(Busy())
    with pytest.raises(NotSettled, match="the purges"):
        await settling(background, clock).purge(0)


async def test_steps_at_the_same_time_are_made_one_after_the_other() -> None:
    clock = frozen_clock()
    background = FakeBackground(WorkBesideOthers(clock, *(START + timedelta(hours=at) for at in (1, 2, 3))))
    waiting = settling(background, clock)
    await asyncio.gather(*(waiting.advance(timedelta(days=1), LONG) for _ in range(3)))
    assert clock() == START + timedelta(days=3)


async def test_a_reset_ends_whoever_waits() -> None:
    clock = frozen_clock()
    work = HangingWork(clock)
    waiting = settling(FakeBackground(work), clock)
    call = asyncio.create_task(waiting.advance(timedelta(days=1), LONG))
    await eventually(lambda: asyncio.sleep(0, work.is_at_work))
    await waiting.break_off()
    with pytest.raises(NotSettled, match="the service was reset meanwhile"):
        await call
    await asyncio.wait_for(waiting.break_off(), LONG)


async def test_of_very_much_that_is_left_some_is_told() -> None:
    clock = frozen_clock()
    with pytest.raises(NotSettled) as told:
        await settling(FakeBackground(FakeWork(clock, *[None] * 500, fails=True)), clock).settle(0)
    assert told.value.extra["pending"][-1] == "and 480 more"
