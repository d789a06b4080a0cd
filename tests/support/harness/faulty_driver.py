"""Fault injection: real connections that fail at any statement, in every way that was ever seen."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from taskhub.kernel.infrastructure.postgres.database import Database

Call = Callable[[], Awaitable[Any]]
Fault = Callable[["FaultyConnection | None", Call], Awaitable[Any]]


class FaultInjector:
    """Counts the calls of the driver (connecting, statements, BEGIN, COMMIT, ROLLBACK), and makes some of them fail."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._fault: Fault | None = None
        self.injected = 0

    def inject(self, fault: Fault, *, after: int, times: int, spares_connecting: bool = False) -> None:
        """From now on, ``after`` so many calls, so many ``times`` in a row."""
        self.clear()
        self._fault, self._after, self._until = fault, after, after + times
        self._spares_connecting = spares_connecting
        self._calls = 0

    async def pass_through(self, connection: "FaultyConnection | None", call: Call) -> Any:
        if self._fault is None or (connection is None and self._spares_connecting):
            return await call()
        self._calls += 1
        if not self._after < self._calls <= self._until:
            return await call()
        self.injected += 1
        return await self._fault(connection, call)


class FaultyConnection(asyncpg.Connection):  # type: ignore[misc]  # The driver has no types.
    injector: FaultInjector
    url: str

    async def fetch(self, *arguments: Any, **options: Any) -> Any:
        return await self.injector.pass_through(self, lambda: super(FaultyConnection, self).fetch(*arguments, **options))

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        return await self.injector.pass_through(self, lambda: super(FaultyConnection, self).execute(*arguments, **options))


class FaultyDatabase(Database):
    connection_class = FaultyConnection

    def __init__(self, url: str, *, pool_size: int, injector: FaultInjector) -> None:
        super().__init__(url, pool_size=pool_size)
        self._injector = injector

    async def _connect(self) -> asyncpg.Connection:
        connection = await self._injector.pass_through(None, super()._connect)
        connection.injector, connection.url = self._injector, self._url
        return connection


# -- the ways to fail ------------------------------------------------------------------------------


async def terminated(connection: FaultyConnection | None, call: Call) -> Any:
    """The server ends the backend before the statement reaches it."""
    if connection is None:
        raise ConnectionRefusedError
    other = await asyncpg.connect(connection.url)
    try:
        pid = connection.get_server_pid()
        await other.fetchval("SELECT pg_terminate_backend($1)", pid)
        while await other.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid):
            pass
    finally:
        await other.close()
    return await call()


async def reply_lost(connection: FaultyConnection | None, call: Call) -> Any:
    """The statement is done, and the line breaks before its answer is there."""
    if connection is None:
        raise ConnectionResetError
    await call()
    connection.terminate()
    raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")


async def timed_out(connection: FaultyConnection | None, call: Call) -> Any:
    """The server does not answer in time."""
    raise TimeoutError


async def refused(connection: FaultyConnection | None, call: Call) -> Any:
    """The server says that its disk is full."""
    raise asyncpg.DiskFullError("could not extend file: No space left on device")


async def lock_timed_out(connection: FaultyConnection | None, call: Call) -> Any:
    raise asyncpg.LockNotAvailableError("canceling statement due to lock timeout")


async def deadlocked(connection: FaultyConnection | None, call: Call) -> Any:
    raise asyncpg.DeadlockDetectedError("deadlock detected")


async def confused(connection: FaultyConnection | None, call: Call) -> Any:
    """The driver finds itself in a state that it does not expect."""
    raise asyncpg.InterfaceError("cannot perform operation: another operation is in progress")


async def broken(connection: FaultyConnection | None, call: Call) -> Any:
    """A mistake of ours."""
    raise RuntimeError("planted")


async def cancelled_before(connection: FaultyConnection | None, call: Call) -> Any:
    """Whoever waits is cancelled, while the statement is under way."""
    _cancel()
    return await call()


async def cancelled_after(connection: FaultyConnection | None, call: Call) -> Any:
    """Whoever waits is cancelled, just as the answer is there."""
    if connection is None:
        return await cancelled_before(connection, call)
    await call()
    _cancel()
    return await asyncio.sleep(0)


def _cancel() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


FAULTS: list[Fault] = [
    terminated,
    reply_lost,
    timed_out,
    refused,
    lock_timed_out,
    deadlocked,
    confused,
    broken,
    cancelled_before,
    cancelled_after,
]
