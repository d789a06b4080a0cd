"""Fault injection: real connections that fail at any statement, in every way that was ever seen."""

import asyncio
from typing import Any

import asyncpg

from taskhub.testing.conformance.faults import (
    DriverCall,
    Fault,
    FaultInjectingConnection,
    FaultInjectingDatabase,
    FaultInjector,
    reply_lost,
)

__all__ = ["FAULTS", "Fault", "FaultInjectingDatabase", "FaultInjector"]

# -- the ways to fail ------------------------------------------------------------------------------


async def terminated(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
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


async def timed_out(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
    """The server does not answer in time."""
    raise TimeoutError


async def refused(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
    """The server says that its disk is full."""
    raise asyncpg.DiskFullError("could not extend file: No space left on device")


async def lock_timed_out(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
    raise asyncpg.LockNotAvailableError("canceling statement due to lock timeout")


async def deadlocked(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
    raise asyncpg.DeadlockDetectedError("deadlock detected")


async def confused(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
    """The driver finds itself in a state that it does not expect."""
    raise asyncpg.InterfaceError("cannot perform operation: another operation is in progress")


async def broken(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
    """A mistake of ours."""
    raise RuntimeError("planted")


async def cancelled_before(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
    """Whoever waits is cancelled, while the statement is under way."""
    _cancel()
    return await call()


async def cancelled_after(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
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
