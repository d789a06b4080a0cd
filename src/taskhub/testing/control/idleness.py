"""A server that is left for the next run ends by itself when none comes."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.types import ASGIApp, Receive, Scope, Send

from taskhub.background import running_loops

CHECKS = 10
"""In the time after which it ends."""


class Idleness:
    """Notices requests. ``seconds``: after so many without any the process ends; never with None."""

    def __init__(self, seconds: float | None, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._seconds = seconds
        self._sleep = sleep
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
            quiet, known = (quiet + 1 if self._requests == known else 0), self._requests
        os.kill(os.getpid(), signal.SIGTERM)
