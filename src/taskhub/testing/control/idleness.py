"""A server that is left for the next run ends by itself when none comes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from taskhub.background import running_loops
from taskhub.embedded.locks import is_held

CHECKS = 10
"""In the time after which it ends."""


def _terminate() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


class Idleness:
    """Notices requests. ``seconds``: after so many without any the process ends; never with None.

    ``lock``: it does not while somebody holds this one, such as a suite that stands still in a debugger.
    """

    def __init__(
        self,
        seconds: float | None,
        lock: Path | None = None,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        end: Callable[[], None] = _terminate,
    ) -> None:
        self._seconds = seconds
        self._lock = lock
        self._sleep = sleep
        self._end_process = end
        self._requests = 0

    def noticing(self, app: ASGIApp) -> ASGIApp:
        async def call(scope: Scope, receive: Receive, send: Send) -> None:
            self._requests += 1
            await app(scope, receive, send)

        return call

    @asynccontextmanager
    async def ending(self) -> AsyncIterator[None]:
        if self._seconds is None:
            yield
            return
        async with running_loops(self._end):
            yield

    async def _end(self) -> None:
        assert self._seconds is not None
        quiet, known = 0, self._requests
        while quiet < CHECKS:
            await self._sleep(self._seconds / CHECKS)
            is_quiet = self._requests == known and not self._is_held()
            quiet, known = (quiet + 1 if is_quiet else 0), self._requests
        self._end_process()

    def _is_held(self) -> bool:
        try:
            return self._lock is not None and is_held(self._lock)
        except OSError:  # Its folder is gone, and with it whoever could come back.
            return False
