"""What it costs to borrow a connection, run one trivial statement on it and give it back: the figures of decision 3."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any

import asyncpg
import uvloop
from benchmarks import report
from benchmarks.database import plain, postgres, server_version
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.util import greenlet_spawn

from taskhub.kernel.infrastructure.postgres.pool import Pool, PoolTimes

SIZE, WORKERS, REQUESTS, ROUNDS = 20, 16, 640, 25
STATEMENT = "SELECT 1"
_Borrow = Callable[[], Awaitable[Any]]


async def main(url: str) -> None:
    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(plain(url))

    async def nothing(connection: asyncpg.Connection) -> None:
        """In place of a RESET."""

    as_it_comes = await asyncpg.create_pool(plain(url), min_size=0, max_size=SIZE)
    without_reset = await asyncpg.create_pool(plain(url), min_size=0, max_size=SIZE, reset=nothing)
    engine = create_async_engine(url, pool_size=SIZE, max_overflow=0, pool_reset_on_return=None)
    ours = Pool(connect, SIZE, PoolTimes())

    async def engine_connect() -> None:
        async with engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            await driver.fetch(STATEMENT)

    async def engine_pool() -> None:
        # A connection that is idle comes without a greenlet to wait in.
        pool: Any = engine.sync_engine.pool
        borrowed = pool.connect() if pool.checkedin() else await greenlet_spawn(pool.connect)
        try:
            await borrowed.driver_connection.fetch(STATEMENT)
        finally:
            borrowed.close()

    async def our_pool() -> None:
        connection = await ours.acquire()
        try:
            await connection.fetch(STATEMENT)
        finally:
            ours.release(connection)

    ways: dict[str, _Borrow] = {
        "SQLAlchemy: engine.connect()": engine_connect,
        "asyncpg's pool, as it comes": _of_driver(as_it_comes),
        "asyncpg's pool, without RESET": _of_driver(without_reset),
        "SQLAlchemy: engine.pool": engine_pool,
        "ours": our_pool,
    }
    for name, figures in (await _measured(ways)).items():
        sys.stdout.write(f"{name:34}{min(figures):6.1f}{median(figures):8.1f}\n")
    await asyncio.gather(as_it_comes.close(), without_reset.close(), engine.dispose(), ours.close(seconds=2))


def _of_driver(pool: asyncpg.Pool) -> _Borrow:
    async def borrow() -> None:
        connection = await pool.acquire(timeout=2)
        try:
            await connection.fetch(STATEMENT)
        finally:
            await pool.release(connection)

    return borrow


async def _measured(ways: dict[str, _Borrow]) -> dict[str, list[float]]:
    """Microseconds of CPU of this process per round, in turns."""
    figures: dict[str, list[float]] = {name: [] for name in ways}
    for borrow in ways.values():
        await _round(borrow)
    for _ in range(ROUNDS):
        for name, borrow in ways.items():
            started = time.process_time()
            await _round(borrow)
            figures[name].append((time.process_time() - started) / REQUESTS * 1e6)
    return figures


async def _round(borrow: _Borrow) -> None:
    async def work() -> None:
        for _ in range(REQUESTS // WORKERS):
            await borrow()

    await asyncio.gather(*(work() for _ in range(WORKERS)))


if __name__ == "__main__":
    with postgres() as server_url, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.write(f"{report.machine(server_version(server_url))}\n{'CPU in µs':34}{'least':>6}{'median':>8}\n")
        runner.run(main(server_url))
