"""Fault injection: real connections to the database whose calls fail when a test says so."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import asyncpg

from taskhub.kernel.infrastructure.postgres.database import Database

DriverCall = Callable[[], Awaitable[Any]]
Fault = Callable[["FaultInjectingConnection | None", DriverCall], Awaitable[Any]]


class FaultInjector:
    """Counts the calls of the driver (connecting, statements, BEGIN, COMMIT, ROLLBACK), and makes some of them fail.

    Attributes:
        calls: how many there were.
        injected: how many of them have failed.
        stored: what may have stored something for good, and after how many calls: COMMIT, and what is no SELECT and in no
            transaction.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._fault: Fault | None = None
        self.injected = 0
        self.calls = 0
        self.stored: list[tuple[int, str]] = []

    def inject(self, fault: Fault, *, after: int, times: int, spares_connecting: bool = False) -> None:
        """From now on, ``after`` so many calls, so many ``times`` in a row."""
        self.clear()
        self._fault, self._after, self._until = fault, after, after + times
        self._spares_connecting = spares_connecting

    async def pass_through(self, connection: "FaultInjectingConnection | None", call: DriverCall, sql: str = "") -> Any:
        if self._fault is None or (connection is None and self._spares_connecting):
            return await call()
        self.calls += 1
        if self._after < self.calls <= self._until:
            self.injected += 1
            return await self._fault(connection, call)
        result = await call()
        if connection is not None and not connection.is_in_transaction() and not sql.startswith(("SELECT", "ROLLBACK")):
            self.stored.append((self.calls, sql))
        return result


class FaultInjectingConnection(asyncpg.Connection):  # type: ignore[misc]  # The driver has no types.
    injector: FaultInjector
    url: str

    async def fetch(self, query: str, *arguments: Any, **options: Any) -> Any:
        return await self.injector.pass_through(self, partial(super().fetch, query, *arguments, **options), query)

    async def executemany(self, command: str, arguments: Any, **options: Any) -> Any:
        return await self.injector.pass_through(self, partial(super().executemany, command, arguments, **options), command)

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        return await self.injector.pass_through(
            self, lambda: super(FaultInjectingConnection, self).execute(*arguments, **options)
        )


class FaultInjectingDatabase(Database):
    connection_class = FaultInjectingConnection

    def __init__(self, url: str, *, pool_size: int, injector: FaultInjector | None = None) -> None:
        super().__init__(url, pool_size=pool_size)
        self.injector = injector or FaultInjector()

    async def _connect(self) -> asyncpg.Connection:
        connection = await self.injector.pass_through(None, super()._connect)
        connection.injector, connection.url = self.injector, self._url
        return connection


async def reply_lost(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
    """The statement is done, and the line breaks before its answer is there."""
    if connection is None:
        raise ConnectionResetError
    await call()
    connection.terminate()
    raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
