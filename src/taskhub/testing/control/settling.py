"""Waiting for the background: until all that is due was done, now or after the clock was moved."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from taskhub.background import Background
from taskhub.kernel.application.due_work import DueWork, Pending
from taskhub.kernel.infrastructure.event_log.subscriptions import ParkedEvent
from taskhub.testing.control.clock import MovableClock
from taskhub.testing.control.timed_call import PAUSE_SECONDS, TimedCall, described

IsMeant = Callable[[Pending], bool]


class Settling:
    """Has the loops of the background do what is due, instead of waiting for them to look.

    Each call has one deadline. What fails until then is tried again: the database may be busy.
    """

    def __init__(
        self, background: Background, clock: MovableClock, list_parked: Callable[[], Awaitable[Sequence[ParkedEvent]]]
    ) -> None:
        """``list_parked``: the events that subscribers have given up."""
        self._background = background
        self._clock = clock
        self._list_parked = list_parked
        self._known: set[ParkedEvent] = set()
        self._calls: set[TimedCall] = set()
        self._moves = asyncio.Lock()

    async def settle(self, seconds: float) -> None:
        """Returns when nothing is left to be done, or to be purged.

        Raises:
            NotSettled: something was, after so many seconds, or a subscriber has given up an event. Whatever rests after a
                failure is told with it.
        """
        async with self._call(seconds) as call:
            await self._settle_and_purge(call, is_meant=lambda _: True)

    async def advance(self, step: timedelta, seconds: float) -> datetime:
        """Moves the clock, stopping wherever something becomes due on the way. Returns the time that it is then.

        Steps that are asked for at the same time are made one after the other.

        Raises:
            NotSettled: as `settle`, for what is due. It says how far the clock has come.
            ValidationFailed: the clock can't be moved so far.
        """
        async with self._call(seconds) as call:
            await call.answer("the clock, which another call moves", self._moves.acquire)
            try:
                return await self._advance(call, self._clock.after(step))
            finally:
                self._moves.release()

    async def purge(self, seconds: float) -> dict[str, int]:
        """Runs all purges. How many rows were removed, by purge.

        Raises:
            NotSettled: they have not run in so many seconds.
        """
        async with self._call(seconds) as call:
            return await call.answer("the purges", self._background.purge_once)

    async def break_off(self) -> None:
        """Ends all calls: there is a reset."""
        await asyncio.gather(*(call.break_off() for call in self._calls))
        self._known.clear()

    @asynccontextmanager
    async def _call(self, seconds: float) -> AsyncIterator[TimedCall]:
        call = TimedCall(seconds)
        self._calls.add(call)
        try:
            async with call:
                yield call
        finally:
            self._calls.discard(call)

    async def _advance(self, call: TimedCall, target: datetime) -> datetime:
        call.progress = lambda: self._progress(target)
        await self._settle(call, is_meant=self._is_due)
        while (due := await self._next_due(call, target)) is not None:
            if call.is_over:
                await self._give_up(call, [f"what is due at {due.isoformat()}"])
            self._clock.move_to(due)
            await self._settle(call, is_meant=self._is_due)
        self._clock.move_to(target)
        await self._settle_and_purge(call, is_meant=self._is_due)
        return self._clock()

    def _progress(self, target: datetime) -> str:
        now = self._clock()
        way = f", on its way to {target.isoformat()}" if now < target else ""
        return f"the clock has come to {now.isoformat()}{way}"

    async def _settle_and_purge(self, call: TimedCall, *, is_meant: IsMeant) -> None:
        """What is purged may leave something to be done, and that something to be purged."""
        while True:
            await self._settle(call, is_meant=is_meant)
            removed = await call.answer("the purges", self._background.purge_once)
            if not any(removed.values()):
                break
            if call.is_over:
                await self._give_up(call, [f"the purge {name} still finds something" for name in removed if removed[name]])
        if parked := await self._newly_parked(call):
            call.give_up(parked)

    async def _settle(self, call: TimedCall, *, is_meant: IsMeant) -> None:
        """Until nothing of what is meant is left."""
        while left := [described(work.name, one) for work, one in await self._catch_up(call) if is_meant(one)]:
            call.left = left
            if call.is_over:
                await self._give_up(call, left)
            await asyncio.sleep(PAUSE_SECONDS)
        call.left = ()

    def _is_due(self, pending: Pending) -> bool:
        return pending.due_at is None or pending.due_at <= self._clock()

    async def _next_due(self, call: TimedCall, until: datetime) -> datetime | None:
        """When the first thing that waits for its time becomes due, if that is before."""
        left = await self._pending(call)
        return min((one.due_at for _, one in left if one.due_at and self._clock() < one.due_at <= until), default=None)

    async def _catch_up(self, call: TimedCall) -> Sequence[tuple[DueWork, Pending]]:
        left = await self._pending(call)
        if not left:
            return left
        for work in {work.name: work for work, _ in left}.values():
            await call.succeeds(work.name, work.catch_up)
        return await self._pending(call)

    async def _pending(self, call: TimedCall) -> list[tuple[DueWork, Pending]]:
        return [
            (work, one)
            for work in self._background.due_work
            for one in await call.answer(f"what is left to {work.name}", work.pending)
        ]

    async def _give_up(self, call: TimedCall, left: Sequence[str]) -> None:
        """Raises:
        NotSettled
        """
        call.give_up([*await self._newly_parked(call), *left])

    async def _newly_parked(self, call: TimedCall) -> list[str]:
        """What subscribers have given up, each event once: it would be told for ever."""
        parked = await call.answer("what subscribers have given up", self._list_parked)
        new = [one for one in parked if one not in self._known]
        self._known.update(new)
        return [f"{one.subscriber} has given up event {one.seq} of log {one.stream_id}: {one.error}" for one in new]
