"""A node of the cluster that is away: what is on it can't be served, and comes back by itself; what is elsewhere goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.citus_cluster import CitusCluster
from support.harness.databases import execute, fetch
from support.harness.waiting import eventually
from taskhub.app import TaskHub
from taskhub.cli.doctor.placement import placement_findings
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.modules.discovery import installed_modules

CLIENTS_EACH = 3
AWAY = 2
"""The worker that is stopped."""
_PORT = """
SELECT nodeport FROM pg_dist_placement JOIN pg_dist_node USING (groupid)
WHERE shardid = get_shard_id_for_distribution_column('event_streams', '{}'::uuid)
"""

_HISTORY = "SELECT entity_version FROM events WHERE stream_id = '{}' AND entity_id = '{}' ORDER BY seq"


@pytest.fixture
async def app(cluster_url: str) -> AsyncIterator[TaskHub]:
    app = TaskHub(make_container(cluster_url))
    async with app.router.lifespan_context(app):
        yield app


class Client:
    """Changes a task again and again, and notes what it was answered."""

    def __init__(self, api: Api, task: str) -> None:
        self.api = api
        self.statuses: list[int] = []
        self.acknowledged = 1
        """The version that it was told last."""
        self._task = task

    async def work(self) -> None:
        while True:
            answer = await self.api.patch(f"tasks/{self._task}", {"title": f"Title {len(self.statuses)}"})
            self.statuses.append(answer.status_code)
            if answer.is_success:
                assert answer.json()["version"] > self.acknowledged
                self.acknowledged = answer.json()["version"]

    async def history(self, url: str) -> list[int]:
        """All versions of the task, by its events."""
        return [version for (version,) in await fetch(url, _HISTORY.format(self.api.workspace["id"], self._task))]


@asynccontextmanager
async def clients(app: TaskHub, url: str, port: int) -> AsyncIterator[list[Client]]:
    """Of users whose workspaces and sessions are on one node."""
    async with AsyncExitStack() as stack:
        found: list[Client] = []
        while len(found) < CLIENTS_EACH:
            api = await stack.enter_async_context(Api.on(app))
            await api.sign_up()
            await api.open_workspace()
            ports = [(await fetch(url, _PORT.format(id)))[0][0] for id in (api.user["id"], api.workspace["id"])]
            if ports == [port, port]:
                await api.open_project()
                found.append(Client(api, (await api.add_task())["id"]))
        yield found


async def test_a_node_that_is_away_takes_along_its_own_workspaces_only(
    cluster: CitusCluster, app: TaskHub, cluster_url: str
) -> None:
    async with (
        clients(app, cluster_url, cluster.port(1)) as spared,
        clients(app, cluster_url, cluster.port(AWAY)) as hit,
        asyncio.TaskGroup() as group,
    ):
        working = [group.create_task(client.work()) for client in (*spared, *hit)]

        async def all_have(status: int, clients: list[Client], since: int) -> bool:
            return all(status in client.statuses[since:] for client in clients)

        await eventually(lambda: all_have(200, [*spared, *hit], 0))
        await asyncio.to_thread(cluster.stop_worker, AWAY)
        noted = max(len(client.statuses) for client in spared)
        await eventually(lambda: all_have(503, hit, 0))
        await eventually(lambda: all_have(200, spared, noted))
        async with Database(cluster_url, pool_size=1).opened() as database:
            told = [one async for one in placement_findings(database, installed_modules().rows) if one.level == "fail"]
        await asyncio.to_thread(cluster.start_nodes)
        noted = max(len(client.statuses) for client in hit)
        await eventually(lambda: all_have(200, hit, noted))
        for task in working:
            task.cancel()
        await asyncio.wait(working)
        histories = [(client.acknowledged, await client.history(cluster_url)) for client in (*spared, *hit)]

    for acknowledged, versions in histories:
        assert versions == list(range(1, len(versions) + 1))
        assert versions[-1] >= acknowledged
    assert [one.subject for one in told] == ["nodes"]
    assert f"127.0.0.1:{cluster.port(AWAY)}" in told[0].text
    assert {status for client in spared for status in client.statuses} == {200}
    assert {status for client in hit for status in client.statuses} == {200, 503}


async def test_a_node_that_hangs_is_told_by_its_name_and_the_rest_as_well(cluster: CitusCluster, cluster_url: str) -> None:
    """Also where `taskhub distribute` has not made the settings by which it is given up early."""
    [(name,)] = await fetch(cluster_url, "SELECT current_database()")
    await execute(cluster_url, f'ALTER DATABASE "{name}" RESET citus.node_connection_timeout')
    async with Database(cluster_url, pool_size=1).opened() as database:
        with cluster.hanging_worker(AWAY):
            told = {one.subject: one async for one in placement_findings(database, installed_modules().rows)}
    assert (told["nodes"].level, told["placement"].level) == ("fail", "warn")
    assert f"127.0.0.1:{cluster.port(AWAY)}" in told["nodes"].text
    assert f"127.0.0.1:{cluster.port(1)}" not in told["nodes"].text
