"""Waiting for the background: until all that is due was done, now or after the clock was moved."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from taskhub.background import Background
from taskhub.kernel.application.due_work import DueWork, Pending
from taskhub.testing.control.clock import MovableClock
from taskhub.testing.control.errors import NotSettled

PAUSE_SECONDS = 0.02
MAX_ROUNDS = 20
"""Of purges, until they find nothing."""


class Settling:
    """Has the loops of the background do what is due, instead of waiting for them to look."""

    def __init__(self, background: Background, clock: MovableClock) -> None:
        self._background = background
        self._clock = clock

    async def settle(self, seconds: float) -> None:
        """Returns when nothing is left to be done, or to be purged.

        Raises:
            NotSettled: something was, after so many seconds. Whatever rests after a failure is told with it.
        """
        await self._settle_and_purge(seconds, is_meant=lambda _: True)

    async def advance(self, step: timedelta, seconds: float) -> datetime:
        """Moves the clock, stopping wherever something becomes due on the way. Returns the time that it is then.

        Raises:
            NotSettled
        """
        target = self._clock() + step
        await self._settle(seconds, is_meant=self._is_due)
        while (due := await self._next_due(target)) is not None:
            self._clock.move_to(due)
            await self._settle(seconds, is_meant=self._is_due)
        self._clock.move_to(target)
        await self._settle_and_purge(seconds, is_meant=self._is_due)
        return self._clock()

    async def purge(self) -> dict[str, int]:
        """Runs all purges. How many rows were removed, by purge."""
        return await self._background.purge_once()

    async def _settle_and_purge(self, seconds: float, *, is_meant: Callable[[Pending], bool]) -> None:
        """What is purged may leave something to be done, and that something to be purged."""
        for _ in range(MAX_ROUNDS):
            await self._settle(seconds, is_meant=is_meant)
            removed = await self.purge()
            if not any(removed.values()):
                return
        raise NotSettled([f"the purge {name} finds something each time" for name, count in removed.items() if count])

    async def _settle(self, seconds: float, *, is_meant: Callable[[Pending], bool]) -> None:
        """Until nothing of what is meant is left."""
        deadline = asyncio.get_running_loop().time() + seconds
        while left := [(work, one) for work, one in await self._catch_up() if is_meant(one)]:
            if asyncio.get_running_loop().time() >= deadline:
                raise NotSettled([f"{work.name}: {_described(pending)}" for work, pending in left])
            await asyncio.sleep(PAUSE_SECONDS)

    def _is_due(self, pending: Pending) -> bool:
        return pending.due_at is None or pending.due_at <= self._clock()

    async def _next_due(self, until: datetime) -> datetime | None:
        """When the first thing that waits for its time becomes due, if that is before."""
        left = await self._pending()
        return min((one.due_at for _, one in left if one.due_at and self._clock() < one.due_at <= until), default=None)

    async def _catch_up(self) -> Sequence[tuple[DueWork, Pending]]:
        left = await self._pending()
        if not left:
            return left
        for work in {work.name: work for work, _ in left}.values():
            await work.catch_up()
        return await self._pending()

    async def _pending(self) -> list[tuple[DueWork, Pending]]:
        return [(work, pending) for work in self._background.due_work for pending in await work.pending()]


def _described(pending: Pending) -> str:
    return f"{pending.what} (again at {pending.due_at.isoformat()})" if pending.due_at else pending.what
