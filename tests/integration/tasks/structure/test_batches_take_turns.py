"""Batches that wait for each other."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from integration.conftest import make_container
from support.harness.api import ok
from support.harness.concurrency.clients import ClientGroup
from support.harness.concurrency.order_history import added
from support.harness.lock_waits import count_lock_waits
from support.harness.waiting import eventually

BATCHES = 6


@pytest.fixture
async def group(database_url: str) -> AsyncIterator[ClientGroup]:
    """Clients of a service with few connections."""
    async with ClientGroup.on([make_container(database_url, database_pool_size=3)], BATCHES) as group:
        await group.leader.open_workspace()
        await group.leader.open_project()
        group.follow()
        yield group


@pytest.fixture
async def raw(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def test_batches_that_wait_leave_the_connections_to_others(group: ClientGroup, raw: asyncpg.Connection) -> None:
    tasks = await added(group.leader, BATCHES)
    async with raw.transaction():
        await raw.execute("SELECT FROM workspaces WHERE id = $1 FOR UPDATE", group.leader.workspace["id"])
        bodies = [{"items": [{"id": id, "patch": {"title": f"Batch {n}"}} for id in tasks]} for n in range(BATCHES)]
        both = zip(group.clients, bodies, strict=True)
        batches = [asyncio.create_task(client.post("tasks/bulk_update", body)) for client, body in both]

        async def one_waits() -> bool:
            return await count_lock_waits(raw) > 0

        await eventually(one_waits)
        reads = await asyncio.gather(*(client.get(f"tasks/{tasks[0]}") for client in group.clients))
        assert {answer.status_code for answer in reads} == {200}
        assert await count_lock_waits(raw) == 1
    answers = [ok(answer)["items"] for answer in await asyncio.gather(*batches)]
    assert sorted(items[0]["version"] for items in answers) == list(range(2, 2 + BATCHES))
