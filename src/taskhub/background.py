"""Background work: subscribers to the event log, and purges of expired data."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

import structlog

from taskhub.container import Container
from taskhub.kernel.application.due_work import DueWork
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.application.initiator import BackgroundWork, background_work, initiated_by
from taskhub.kernel.infrastructure.event_log.subscriptions import Subscription
from taskhub.kernel.module_api import Loop

PURGE_SECONDS = 600
CANCEL_SECONDS = 0.5
RESTART_SECONDS = 10.0
"""How long a loop that failed rests before it is called again."""
TASK_NAME = "background"
"""The name of the asyncio tasks that run loops: tells their work from that of requests."""

log = structlog.get_logger("taskhub.background")


@asynccontextmanager
async def running_loops(*loops: Loop) -> AsyncIterator[None]:
    """Runs loops as asyncio tasks for as long as the block lasts.

    At its end they are cancelled repeatedly until they are done: a driver that waits for a frozen server swallows a cancellation.
    """
    tasks = _started(*loops)
    try:
        yield
    finally:
        await _end(tasks)


def _started(*loops: Loop) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(loop(), name=TASK_NAME) for loop in loops]


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    while not all(task.done() for task in tasks):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=CANCEL_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)


async def _restarted(loop: Loop) -> None:
    """Calls a loop, and again where it fails: nobody would notice that it ended."""
    name = getattr(loop, "__qualname__", repr(loop))
    while True:
        try:
            with initiated_by(BackgroundWork(f"loop {name}")):
                return await loop()
        except Exception:
            log.exception("a loop failed", loop=name)
            await asyncio.sleep(RESTART_SECONDS)


class Background:
    """All background work of one process. Any number of processes may run it at once."""

    def __init__(self, container: Container) -> None:
        self._container = container
        shared = (container.database(), container.notifier(), container.clock(), container.monotonic())
        self.subscriptions = [
            Subscription(subscriber, container.modules[module].runner(), *shared)
            for module, subscriber in container.subscribers()
        ]
        self._others = container.background()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def due_work(self) -> list[DueWork]:
        """The loops whose work can be waited for."""
        return [*self.subscriptions, *(loop for loop in self._others if isinstance(loop, DueWork))]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Runs the background work for as long as the block lasts."""
        self._start()
        try:
            yield
        finally:
            await _end(self._tasks)

    @asynccontextmanager
    async def paused(self) -> AsyncIterator[None]:
        """Ends the loops for as long as the block lasts, and starts them anew: in tests, where all data is removed."""
        await _end(self._tasks)
        try:
            yield
        finally:
            self._start()

    def _start(self) -> None:
        others = [loop.run if isinstance(loop, DueWork) else loop for loop in self._others]
        loops = [*(subscription.run for subscription in self.subscriptions), *others, self._purge]
        self._tasks = _started(*(partial(_restarted, loop) for loop in loops))

    async def purge_once(self) -> dict[str, int]:
        """Runs all purges once. Returns how many rows were removed, by purge."""
        removed = {}
        now = self._container.clock()()
        for purge in self._container.purges():
            with background_work(f"purge {purge.name}", self._container.database().tracer):
                removed[purge.name] = await purge.remove(self._container.database(), now)
        return removed

    async def _purge(self) -> None:
        while True:
            await asyncio.sleep(PURGE_SECONDS * random.uniform(0.5, 1.5))
            try:
                removed = await self.purge_once()
            except (Unavailable, Busy):
                log.warning("purge put off: the database does not answer")
            except Exception:
                log.exception("purge failed")
            else:
                log.info("purged", **removed)
