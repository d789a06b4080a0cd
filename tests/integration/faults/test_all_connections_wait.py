"""All connections of the pool wait for what somebody else has locked: the service is busy, and not the database away."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.lock_waits import count_lock_waits
from support.harness.problems import problem
from support.harness.waiting import eventually
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres.pool import PoolTimes

POOL_SIZE = 3


@pytest.fixture
async def api(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    app = TaskHub(make_container(database_url, database_pool_size=POOL_SIZE))
    async with app.state.container.database().opened() as database, Api.on(app) as api:
        # All are open before nobody waits long for one any more: opening one takes as long as the machine is busy.
        for connection in [await database.acquire() for _ in range(POOL_SIZE)]:
            database.release(connection)
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        monkeypatch.setattr(database._pool, "_times", PoolTimes(wait_seconds=0.1))
        yield api


@pytest.fixture
async def others(database_url: str) -> AsyncIterator[list[asyncpg.Connection]]:
    connections = [await asyncpg.connect(database_url.replace("+asyncpg", "")) for _ in range(2)]
    yield connections
    for connection in connections:
        await connection.close()


@pytest.mark.parametrize("path", ["tasks", "/health/ready"])
async def test_who_finds_all_connections_waiting_is_told_busy(api: Api, others: list[asyncpg.Connection], path: str) -> None:
    task = await api.add_task()
    holder, observer = others
    holding = holder.transaction()
    await holding.start()
    await holder.execute("SELECT FROM tasks WHERE workspace_id = $1 AND id = $2 FOR UPDATE", api.workspace["id"], task["id"])

    async def all_wait() -> bool:
        return await count_lock_waits(observer) == POOL_SIZE

    async with asyncio.TaskGroup() as group:
        changes = [group.create_task(api.patch(f"tasks/{task['id']}", {"title": f"Title {n}"})) for n in range(POOL_SIZE)]
        await eventually(all_wait)
        refusal = problem(await api.get(path), 503, "busy")
        await holding.rollback()
    assert refusal["retry"] == "safe"
    assert {(await change).status_code for change in changes} == {200}
