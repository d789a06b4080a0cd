"""Connections of the driver, kept open and handed from one borrower to the next."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg

IDLE_SECONDS = 300.0
"""A connection that nobody used for so long may have been cut by something between here and the server."""


class PoolExhausted(Exception):
    """No connection came back in time."""


Connect = Callable[[], Awaitable[asyncpg.Connection]]
Waiter = asyncio.Future[asyncpg.Connection | None]


class Pool:
    """At most ``size`` connections, opened when they are needed; the one that was used last goes out first.

    An idle one is there at once: nothing is awaited and nothing wrapped around it (decision 3). Whoever waits is served in order.
    """

    def __init__(self, connect: Connect, size: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._connect = connect
        self._places = size
        """How many more may be opened."""
        self._monotonic = monotonic
        self._idle: list[tuple[asyncpg.Connection, float]] = []
        self._lent: set[asyncpg.Connection] = set()
        self._waiting: deque[Waiter] = deque()
        self._all_back: asyncio.Future[None] | None = None
        """Set when the pool is closed."""

    async def acquire(self, *, seconds: float) -> asyncpg.Connection:
        """Borrows a connection; `release` gives it back.

        Raises:
            AllInUse: after ``seconds`` they still were.
            TimeoutError: the server had not answered by then.
            OSError, asyncpg.PostgresError: none could be opened.
        """
        connection = self._idle_one()
        if connection is None:
            connection = await self._next_or_new(asyncio.get_running_loop().time() + seconds)
        self._lent.add(connection)
        return connection

    def release(self, connection: asyncpg.Connection) -> None:
        """Takes a connection back. One that is closed, or that somebody left in a transaction, is replaced when one is needed."""
        self._lent.discard(connection)
        if self._all_back is not None or connection.is_closed() or connection.is_in_transaction():
            connection.terminate()
            self._free_place()
        else:
            self._hand_on(connection)
        if self._all_back is not None and not self._lent and not self._all_back.done():
            self._all_back.set_result(None)

    def expire(self) -> None:
        """Closes what is idle: where one connection was dead others may be."""
        idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.terminate()
            self._free_place()

    async def close(self, *, seconds: float) -> None:
        """Lets borrowers finish for at most ``seconds``, and takes leave of the server."""
        self._all_back = asyncio.get_running_loop().create_future()
        if self._lent:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._all_back
        for connection in self._lent:
            connection.terminate()
        idle, self._idle = self._idle, []
        await asyncio.gather(*(connection.close(timeout=seconds) for connection, _ in idle), return_exceptions=True)

    def _idle_one(self) -> asyncpg.Connection | None:
        while self._idle:
            connection, since = self._idle.pop()
            if not connection.is_closed() and self._monotonic() - since < IDLE_SECONDS:
                return connection
            connection.terminate()
            self._places += 1
        return None

    async def _next_or_new(self, deadline: float) -> asyncpg.Connection:
        if self._places:
            self._places -= 1
        elif (connection := await self._next(deadline)) is not None:
            return connection
        try:
            async with asyncio.timeout_at(deadline):
                return await self._connect()
        except BaseException:
            self._free_place()
            raise

    async def _next(self, deadline: float) -> asyncpg.Connection | None:
        """The next connection that comes back, or None: the place of one that has gone."""
        waiter: Waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout_at(deadline):
                return await waiter
        except BaseException as error:
            # It may have come just as its receiver gave up.
            if waiter.done() and not waiter.cancelled():
                connection = waiter.result()
                self._free_place() if connection is None else self._hand_on(connection)
            if isinstance(error, TimeoutError):
                raise PoolExhausted from error
            raise

    def _hand_on(self, connection: asyncpg.Connection) -> None:
        if (waiter := self._first_waiting()) is not None:
            waiter.set_result(connection)
        else:
            self._idle.append((connection, self._monotonic()))

    def _free_place(self) -> None:
        if (waiter := self._first_waiting()) is not None:
            waiter.set_result(None)
        else:
            self._places += 1

    def _first_waiting(self) -> Waiter | None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                return waiter
        return None
