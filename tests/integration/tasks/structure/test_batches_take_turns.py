"""Batches that wait for each other."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from integration.conftest import make_container
from support.api import made
from support.crowds import Crowd
from support.orders import added
from support.waiting import eventually

BATCHES = 6


@pytest.fixture
async def crowd(database_url: str) -> AsyncIterator[Crowd]:
    """Clients of a service with few connections."""
    async with Crowd.on([make_container(database_url, database_pool_size=3)], BATCHES) as crowd:
        await crowd.leader.open_workspace()
        await crowd.leader.open_project()
        crowd.follow()
        yield crowd


@pytest.fixture
async def raw(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def test_batches_that_wait_leave_the_connections_to_others(crowd: Crowd, raw: asyncpg.Connection) -> None:
    tasks = await added(crowd.leader, BATCHES)
    async with raw.transaction():
        await raw.execute("SELECT FROM workspaces WHERE id = $1 FOR UPDATE", crowd.leader.workspace["id"])
        bodies = [{"items": [{"id": id, "patch": {"title": f"Batch {n}"}} for id in tasks]} for n in range(BATCHES)]
        both = zip(crowd.clients, bodies, strict=True)
        batches = [asyncio.create_task(client.post("tasks/bulk_update", body)) for client, body in both]

        async def one_waits() -> bool:
            return await waiting_for_locks(raw) > 0

        await eventually(one_waits)
        reads = await asyncio.gather(*(client.get(f"tasks/{tasks[0]}") for client in crowd.clients))
        assert {answer.status_code for answer in reads} == {200}
        assert await waiting_for_locks(raw) == 1
    answers = [made(answer)["items"] for answer in await asyncio.gather(*batches)]
    assert sorted(items[0]["version"] for items in answers) == list(range(2, 2 + BATCHES))


async def waiting_for_locks(raw: asyncpg.Connection) -> int:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    count: int = await raw.fetchval(query)
    return count
