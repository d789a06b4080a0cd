"""The database of a testing server, kept by one for itself: nobody else is in the middle of anything."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from support.harness.waiting import PATIENCE_SECONDS, eventually
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.testing.control.database import TestingDatabase, database_away, unharmed
from taskhub.testing.control.fault_registry import FaultRegistry


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[TestingDatabase]:
    async with TestingDatabase(database_url, pool_size=2, faults=FaultRegistry()).opened() as database:
        yield database


async def test_others_wait_until_it_is_given_back(database: TestingDatabase) -> None:
    for connection in [await database.acquire(), await database.acquire()]:
        database.release(connection)  # They are there at once from now on.
    async with database.kept(PATIENCE_SECONDS):
        waiting = asyncio.create_task(database.acquire())
        await asyncio.sleep(0)
        assert not waiting.done()
        database.release(await database.acquire())
    database.release(await asyncio.wait_for(waiting, PATIENCE_SECONDS))


async def test_it_is_kept_when_what_is_under_way_has_ended(database: TestingDatabase) -> None:
    used, ended = asyncio.Event(), asyncio.Event()
    kept = asyncio.Event()

    async def use() -> None:
        async with database.connection():
            used.set()
            await eventually(lambda: asyncio.sleep(0, database._keeper is not None))
            async with database.connection():  # Whoever has begun may go on.
                assert not kept.is_set()
        ended.set()

    using = asyncio.create_task(use())
    await used.wait()
    async with database.kept(PATIENCE_SECONDS):
        kept.set()
        assert ended.is_set() or database.borrowed == 0
    await asyncio.wait_for(using, PATIENCE_SECONDS)


async def test_whoever_waits_for_a_connection_of_the_pool_counts_as_using_it(database: TestingDatabase) -> None:
    held = [await database.acquire() for _ in range(2)]
    in_need = asyncio.create_task(_use(database))
    await eventually(lambda: asyncio.sleep(0, database._uses == 3))
    keeping = asyncio.create_task(_keep(database))
    await asyncio.sleep(0)
    for connection in held:
        database.release(connection)
    await asyncio.wait_for(asyncio.gather(in_need, keeping), PATIENCE_SECONDS)


async def _use(database: TestingDatabase) -> None:
    async with database.connection():
        assert database._keeper is None or database._uses


async def _keep(database: TestingDatabase) -> None:
    async with database.kept(PATIENCE_SECONDS):
        assert (database._uses, database.borrowed) == (0, 0)


async def test_whoever_was_told_to_end_gets_none_and_does_not_wait(database: TestingDatabase) -> None:
    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await database.acquire()

    async with database.kept(PATIENCE_SECONDS):
        working = asyncio.create_task(work())
        await asyncio.sleep(0)
        working.cancel()
        await asyncio.wait([working], timeout=PATIENCE_SECONDS)
        assert working.cancelled()


async def test_it_is_not_had_while_others_do_not_end(database: TestingDatabase) -> None:
    connection = await asyncio.create_task(database.acquire())
    with pytest.raises(Busy, match="the background is still at work on the database"):
        async with database.kept(0.01):
            raise AssertionError("it is not kept")
    database.release(connection)
    database.release(await database.acquire())


async def test_it_is_away_for_those_that_a_fault_is_for(database: TestingDatabase) -> None:
    with database_away(True):
        with pytest.raises(Unavailable):
            await database.acquire()
        with unharmed():
            database.release(await database.acquire())
    database.release(await database.acquire())
