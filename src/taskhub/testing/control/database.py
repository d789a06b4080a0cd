"""The database of a testing server: it can be away, and one can have it alone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.infrastructure.postgres.connection import Connection
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.testing.control.fault_registry import FaultRegistry

_AWAY = "The database does not answer. Nothing was changed."

_is_away: ContextVar[bool] = ContextVar("is_away", default=False)
_is_unharmed: ContextVar[bool] = ContextVar("is_unharmed", default=False)


@contextmanager
def database_away(away: bool) -> Iterator[None]:
    """For what is done in the block."""
    token = _is_away.set(away)
    try:
        yield
    finally:
        _is_away.reset(token)


@contextmanager
def unharmed() -> Iterator[None]:
    """What is done in the block meets no fault: the control interface does it."""
    token = _is_unharmed.set(True)
    try:
        yield
    finally:
        _is_unharmed.reset(token)


class TestingDatabase(Database):
    """Is away for the requests that a fault says, and for everybody where it says so. One task may keep it for itself."""

    __test__ = False

    def __init__(self, url: str, *, pool_size: int, faults: FaultRegistry) -> None:
        super().__init__(url, pool_size=pool_size)
        self._faults = faults
        self._holders: dict[Connection, asyncio.Task[Any] | None] = {}
        self._keeper: asyncio.Task[Any] | None = None
        self._given_back, self._unused = asyncio.Event(), asyncio.Event()
        self._given_back.set()
        self._unused.set()
        self._uses = 0
        """Connections that are out or asked for."""

    async def acquire(self) -> Connection:
        if not _is_unharmed.get() and (_is_away.get() or self._faults.is_database_down):
            raise Unavailable(_AWAY)
        await self._wait_for_keeper()
        self._uses += 1
        self._unused.clear()
        try:
            connection = await super().acquire()
        except BaseException:
            self._used_less()
            raise
        self._holders[connection] = asyncio.current_task()
        return connection

    def release(self, connection: Connection) -> None:
        super().release(connection)
        if connection in self._holders:
            del self._holders[connection]
            self._used_less()

    @asynccontextmanager
    async def kept(self, seconds: float) -> AsyncIterator[None]:
        """Only this task uses it for as long as the block lasts: whoever wants to waits for that. Nothing is in the middle of a
        transaction, but those who wait may have read something before.

        Raises:
            Busy: others still used it, after so many seconds.
        """
        self._keeper = asyncio.current_task()
        self._given_back.clear()
        try:
            await self._wait_until_unused(seconds)
            yield
        finally:
            self._keeper = None
            self._given_back.set()

    async def _wait_until_unused(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._unused.wait()
        except TimeoutError:
            told = f"Nothing was removed: after {seconds:g} seconds the background is still at work on the database."
            raise Busy(told) from None

    async def _wait_for_keeper(self) -> None:
        """Whoever holds a connection gets another one: they would never give back the first."""
        task = asyncio.current_task()
        while self._keeper not in (None, task) and task not in self._holders.values():
            if task is not None and task.cancelling():
                raise asyncio.CancelledError  # The loops of the background are ended: one would wait for its end in vain.
            await self._given_back.wait()

    def _used_less(self) -> None:
        self._uses -= 1
        if not self._uses:
            self._unused.set()
