"""Connections are handed on in order, never more of them than allowed, and never a dead one."""

import asyncio
from typing import Any

import pytest

from taskhub.kernel.infrastructure.postgres.pool import AGE_SPREAD, Pool, PoolExhausted, PoolTimes

SOON = 0.01
TIMES = PoolTimes(wait_seconds=1, max_age_seconds=3600, idle_seconds=300)


class Connection:
    """As much of the driver's as the pool asks for."""

    def __init__(self) -> None:
        self.closed = False
        self.in_transaction = False

    def is_closed(self) -> bool:
        return self.closed

    def is_in_transaction(self) -> bool:
        return self.in_transaction

    def terminate(self) -> None:
        self.closed = True

    async def close(self, *, timeout: float) -> None:  # noqa: ASYNC109  # As the driver names it.
        self.closed = True


class Server:
    """Opens connections, or refuses."""

    def __init__(self) -> None:
        self.opened: list[Connection] = []
        self.is_away = False
        self.is_frozen = False
        self.now = 0.0

    async def connect(self) -> Any:
        await (asyncio.Event().wait() if self.is_frozen else asyncio.sleep(0))
        if self.is_away:
            raise ConnectionRefusedError
        self.opened.append(Connection())
        return self.opened[-1]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def pool(server: Server) -> Pool:
    return Pool(server.connect, 2, TIMES, monotonic=lambda: server.now)


@pytest.fixture
def impatient_pool(server: Server) -> Pool:
    """Whoever waits for one of its connections gives up soon."""
    return Pool(server.connect, 2, TIMES._replace(wait_seconds=SOON), monotonic=lambda: server.now)


async def acquire(pool: Pool) -> Any:
    return await pool.acquire()


async def test_the_connection_that_was_used_last_goes_out_first(pool: Pool) -> None:
    first, second = await acquire(pool), await acquire(pool)
    pool.release(first)
    pool.release(second)
    assert await acquire(pool) is second


async def test_connections_are_opened_only_as_they_are_needed(pool: Pool, server: Server) -> None:
    for _ in range(3):
        pool.release(await acquire(pool))
    assert len(server.opened) == 1


async def test_there_are_never_more_than_the_size(pool: Pool, server: Server) -> None:
    async def work() -> None:
        connection = await acquire(pool)
        await asyncio.sleep(0)
        pool.release(connection)

    await asyncio.gather(*(work() for _ in range(50)))
    assert len(server.opened) == 2


async def test_whoever_waits_is_served_in_order(pool: Pool) -> None:
    lent = [await acquire(pool), await acquire(pool)]
    waiting = [asyncio.create_task(acquire(pool)) for _ in range(2)]
    await asyncio.sleep(0)
    for connection in lent:
        pool.release(connection)
    assert [await waiter for waiter in waiting] == lent


async def test_waiting_ends_after_a_time(impatient_pool: Pool) -> None:
    await acquire(impatient_pool), await acquire(impatient_pool)
    with pytest.raises(PoolExhausted):
        await acquire(impatient_pool)
    assert impatient_pool.waiting == 0


async def test_tells_how_many_wait(pool: Pool) -> None:
    lent = [await acquire(pool), await acquire(pool)]
    waiting = [asyncio.create_task(acquire(pool)) for _ in range(3)]
    await asyncio.sleep(0)
    assert pool.waiting == 3
    pool.release(lent[0])
    waiting[1].cancel()
    await asyncio.wait(waiting[:2])
    assert pool.waiting == 1
    waiting[2].cancel()


async def test_a_server_that_does_not_answer_is_no_crowd(impatient_pool: Pool, server: Server) -> None:
    server.is_frozen = True
    with pytest.raises(TimeoutError):
        await acquire(impatient_pool)
    server.is_frozen = False
    assert {await acquire(impatient_pool), await acquire(impatient_pool)} == set(server.opened)


async def test_a_connection_that_comes_as_its_receiver_gives_up_goes_to_the_next(pool: Pool) -> None:
    connection, _ = await acquire(pool), await acquire(pool)
    given_up, patient = asyncio.create_task(acquire(pool)), asyncio.create_task(acquire(pool))
    await asyncio.sleep(0)
    pool.release(connection)
    given_up.cancel()
    assert await patient is connection


async def test_a_place_that_comes_as_its_receiver_gives_up_goes_to_the_next(pool: Pool, server: Server) -> None:
    connection, _ = await acquire(pool), await acquire(pool)
    given_up, patient = asyncio.create_task(acquire(pool)), asyncio.create_task(acquire(pool))
    await asyncio.sleep(0)
    connection.closed = True
    pool.release(connection)
    given_up.cancel()
    assert await patient is server.opened[2]


async def test_a_dead_connection_is_replaced(pool: Pool, server: Server) -> None:
    connection = await acquire(pool)
    pool.release(connection)
    connection.closed = True
    assert await acquire(pool) is server.opened[1]


async def test_a_connection_that_was_idle_for_long_is_replaced(pool: Pool, server: Server) -> None:
    connection = await acquire(pool)
    pool.release(connection)
    server.now = TIMES.idle_seconds
    assert await acquire(pool) is server.opened[1]
    assert connection.closed


async def test_a_connection_that_is_used_all_the_time_is_replaced_when_it_is_old(pool: Pool, server: Server) -> None:
    connection = await acquire(pool)
    while server.now < TIMES.max_age_seconds * (1 - AGE_SPREAD):
        pool.release(connection)
        assert await acquire(pool) is connection
        server.now += TIMES.idle_seconds / 2
    server.now = TIMES.max_age_seconds
    pool.release(connection)
    assert connection.closed
    assert await acquire(pool) is server.opened[1]


async def test_whoever_waits_gets_no_connection_that_is_too_old(pool: Pool, server: Server) -> None:
    old, _ = await acquire(pool), await acquire(pool)
    waiter = asyncio.create_task(acquire(pool))
    await asyncio.sleep(0)
    server.now = TIMES.max_age_seconds
    pool.release(old)
    assert await waiter is server.opened[2]
    assert old.closed


async def test_connections_that_were_opened_at_once_do_not_end_at_once(server: Server) -> None:
    pool = Pool(server.connect, 50, TIMES._replace(idle_seconds=TIMES.max_age_seconds), monotonic=lambda: server.now)
    lent = [await acquire(pool) for _ in range(50)]
    server.now = TIMES.max_age_seconds * (1 - AGE_SPREAD / 2)
    for connection in lent:
        pool.release(connection)
    assert 0 < sum(connection.closed for connection in lent) < 50


async def test_a_connection_left_in_a_transaction_is_closed(pool: Pool, server: Server) -> None:
    connection = await acquire(pool)
    connection.in_transaction = True
    pool.release(connection)
    assert connection.closed
    assert await acquire(pool) is server.opened[1]


async def test_a_server_that_refuses_costs_no_places(pool: Pool, server: Server) -> None:
    server.is_away = True
    for _ in range(5):
        with pytest.raises(ConnectionRefusedError):
            await acquire(pool)
    server.is_away = False
    assert {await acquire(pool), await acquire(pool)} == set(server.opened)


async def test_those_who_wait_are_told_when_the_server_has_gone(pool: Pool, server: Server) -> None:
    lent = [await acquire(pool), await acquire(pool)]
    waiting = [asyncio.create_task(acquire(pool)) for _ in range(3)]
    await asyncio.sleep(0)
    server.is_away = True
    for connection in lent:
        connection.closed = True
        pool.release(connection)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(outcome, ConnectionRefusedError) for outcome in outcomes)


async def test_expiry_closes_what_is_idle(pool: Pool, server: Server) -> None:
    idle, lent = await acquire(pool), await acquire(pool)
    pool.release(idle)
    pool.expire()
    assert (idle.closed, lent.closed) == (True, False)
    assert await acquire(pool) is server.opened[2]


async def test_closing_waits_for_borrowers(pool: Pool) -> None:
    connection = await acquire(pool)
    closing = asyncio.create_task(pool.close(seconds=1))
    await asyncio.sleep(0)
    assert not closing.done()
    pool.release(connection)
    await closing
    assert connection.closed


async def test_closing_does_not_wait_for_ever(pool: Pool) -> None:
    connection = await acquire(pool)
    await pool.close(seconds=SOON)
    assert connection.closed
