"""Connections of the driver, kept open and handed from one borrower to the next."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import NamedTuple

import asyncpg

AGE_SPREAD = 0.1
"""By which part of their age connections end earlier than they have to: those that were opened at once don't end at once."""


class PoolExhausted(Exception):
    """No connection came back in time."""


class PoolTimes(NamedTuple):
    """
    Attributes:
        wait_seconds: how long a borrower waits for a connection at most.
        max_age_seconds: how old a connection becomes at most, but for what its borrower takes longer. Then a new one takes its
            place, perhaps to another server behind the same name, and what the old one's process kept in its memory is given up.
        idle_seconds: a connection that nobody used for so long may have been cut by something between here and the server.
    """

    wait_seconds: float = 2.0
    max_age_seconds: float = 3600.0
    idle_seconds: float = 300.0


Connect = Callable[[], Awaitable[asyncpg.Connection]]
Aging = tuple[asyncpg.Connection, float]
"""A connection, and when it is too old."""
Waiter = asyncio.Future[Aging | None]


class Pool:
    """At most ``size`` connections, opened when they are needed; the one that was used last goes out first.

    An idle one is there at once: nothing is awaited and nothing wrapped around it (decision 3). Whoever waits is served in order.
    """

    def __init__(self, connect: Connect, size: int, times: PoolTimes, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._connect = connect
        self._times = times
        self._places = size
        """How many more may be opened."""
        self._monotonic = monotonic
        self._idle: list[tuple[asyncpg.Connection, float, float]] = []
        """Each with when it is too old, and when it is not lent any more."""
        self._lent: dict[asyncpg.Connection, float] = {}
        self._waiting: deque[Waiter] = deque()
        self._all_back: asyncio.Future[None] | None = None
        """Set when the pool is closed."""

    @property
    def waiting(self) -> int:
        """How many wait for a connection to come back."""
        return sum(not waiter.done() for waiter in self._waiting)

    async def acquire(self) -> asyncpg.Connection:
        """Borrows a connection; `release` gives it back.

        Raises:
            PoolExhausted: all were in use for as long as a borrower waits.
            TimeoutError: the server had not answered by then.
            OSError, asyncpg.PostgresError: none could be opened.
        """
        aging = self._idle_one()
        if aging is None:
            aging = await self._next_or_new(asyncio.get_running_loop().time() + self._times.wait_seconds)
        self._lent[aging[0]] = aging[1]
        return aging[0]

    def release(self, connection: asyncpg.Connection) -> None:
        """Takes a connection back. One that is closed or too old, or that somebody left in a transaction, is replaced when one is
        needed.
        """
        too_old_at, now = self._lent.pop(connection), self._monotonic()
        if self._all_back is not None or connection.is_closed() or connection.is_in_transaction() or now >= too_old_at:
            connection.terminate()
            self._free_place()
        else:
            self._hand_on((connection, too_old_at), now)
        if self._all_back is not None and not self._lent and not self._all_back.done():
            self._all_back.set_result(None)

    def expire(self) -> None:
        """Closes what is idle: where one connection was dead others may be."""
        idle, self._idle = self._idle, []
        for connection, *_ in idle:
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
        await asyncio.gather(*(connection.close(timeout=seconds) for connection, *_ in idle), return_exceptions=True)

    def _idle_one(self) -> Aging | None:
        while self._idle:
            connection, too_old_at, until = self._idle.pop()
            if not connection.is_closed() and self._monotonic() < until:
                return connection, too_old_at
            connection.terminate()
            self._places += 1
        return None

    async def _next_or_new(self, deadline: float) -> Aging:
        if self._places:
            self._places -= 1
        elif (aging := await self._next(deadline)) is not None:
            return aging
        try:
            async with asyncio.timeout_at(deadline):
                connection = await self._connect()
        except BaseException:
            self._free_place()
            raise
        return connection, self._monotonic() + self._times.max_age_seconds * random.uniform(1 - AGE_SPREAD, 1)

    async def _next(self, deadline: float) -> Aging | None:
        """The next connection that comes back, or None: the place of one that has gone."""
        waiter: Waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout_at(deadline):
                return await waiter
        except BaseException as error:
            # It may have come just as its receiver gave up.
            if waiter.done() and not waiter.cancelled():
                aging = waiter.result()
                self._free_place() if aging is None else self._hand_on(aging, self._monotonic())
            if isinstance(error, TimeoutError):
                raise PoolExhausted from error
            raise

    def _hand_on(self, aging: Aging, now: float) -> None:
        if (waiter := self._first_waiting()) is not None:
            waiter.set_result(aging)
        else:
            self._idle.append((*aging, min(aging[1], now + self._times.idle_seconds)))

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
