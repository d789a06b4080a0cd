"""A node whose connection is cut in the middle of a commit: what is acknowledged is there, on the node and on the coordinator."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.citus_cluster import CitusCluster
from support.harness.databases import execute, fetch
from support.harness.waiting import eventually
from taskhub.app import TaskHub

COORDINATOR, NODES = 0, (1, 2)
CONFIRMING = "wait_event = 'SyncRep' AND query ~ '^(COMMIT|PREPARE TRANSACTION)'"
"""What is done on the node and is not told yet: it waits for a standby that there is not."""
COMMITTING = "wait_event = 'SyncRep' AND query ~ '^COMMIT'"
OF_COORDINATOR = "application_name LIKE 'citus_internal%'"


@pytest.fixture
async def app(cluster_url: str) -> AsyncIterator[TaskHub]:
    app = TaskHub(make_container(cluster_url))
    async with app.router.lifespan_context(app):
        yield app


@asynccontextmanager
async def somebody(app: TaskHub) -> AsyncIterator[Api]:
    async with Api.on(app) as api:
        await api.sign_up()
        yield api


@pytest.fixture
async def api(app: TaskHub) -> AsyncIterator[Api]:
    async with somebody(app) as api:
        yield api


class Cutter:
    """Cuts connections of the coordinator to the nodes."""

    def __init__(self, cluster: CitusCluster, url: str) -> None:
        self._cluster, self._url, self._name = cluster, url, url.rpartition("/")[2]

    def _node(self, number: int) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._cluster.port(number)}/{self._name}"

    @asynccontextmanager
    async def held_up(self, *servers: int) -> AsyncIterator[None]:
        """No commit of these is told as long as the block lasts, though it is done there."""
        await self._set("nobody", servers)
        try:
            yield
        finally:
            await self._set("", servers)

    async def _set(self, standby: str, servers: Iterable[int]) -> None:
        for number in servers:
            await execute(
                self._node(number),
                f"ALTER SYSTEM SET synchronous_standby_names = '{standby}'",
                "SELECT pg_reload_conf()",
            )
            shown = f"SELECT current_setting('synchronous_standby_names') = '{standby}'"

            async def is_set(number: int = number, shown: str = shown) -> bool:
                return bool((await fetch(self._node(number), shown))[0][0])

            await eventually(is_set)

    async def recover(self) -> None:
        """What its daemon does once a minute: ends the transactions that were prepared, and then left."""
        await execute(self._url, "SELECT recover_prepared_transactions()")

    async def coordinator_commits(self) -> bool:
        """Whether it waits in a commit: the nodes have prepared theirs, and have not heard of it."""
        return bool(
            await fetch(self._node(COORDINATOR), f"SELECT FROM pg_stat_activity WHERE datname = '{self._name}' AND {COMMITTING}")
        )

    async def cut(self, condition: str) -> bool:
        """The connections of which this is true. Returns whether there was one."""
        ended = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self._name}' AND {condition}"
        return any([await fetch(self._node(number), ended) for number in NODES])


@pytest.fixture
def cutter(cluster: CitusCluster, cluster_url: str) -> Cutter:
    return Cutter(cluster, cluster_url)


async def cut_while_confirming(cutter: Cutter, call: Coroutine[Any, Any, httpx2.Response]) -> httpx2.Response:
    """Cuts the connections of the first try only."""
    async with asyncio.TaskGroup() as group:
        async with cutter.held_up(*NODES):
            calling = group.create_task(call)
            await eventually(lambda: cutter.cut(CONFIRMING))
        return await calling


async def cut_before_nodes_hear(cutter: Cutter, call: Coroutine[Any, Any, httpx2.Response]) -> httpx2.Response:
    """Cuts the connections after the coordinator has committed, and before it sends COMMIT PREPARED over them."""
    async with asyncio.TaskGroup() as group:
        async with cutter.held_up(COORDINATOR):
            calling = group.create_task(call)
            await eventually(cutter.coordinator_commits)
            assert await cutter.cut(OF_COORDINATOR)
        return await calling


async def test_a_change_of_one_node_whose_reply_is_lost_is_answered_as_done_once(api: Api, cutter: Cutter) -> None:
    await api.open_workspace()
    await api.open_project()
    task = await api.add_task()
    change = {"title": "New"}

    answer = await cut_while_confirming(cutter, api.patch(f"tasks/{task['id']}", change))

    assert ok(answer)["title"] == "New"
    changes = ok(await api.get("changes", entity_id=task["id"]))["items"]
    assert [one["entity_version"] for one in changes] == [1, 2]


async def test_a_token_is_revoked_where_that_is_acknowledged(api: Api, cluster_url: str, cutter: Cutter) -> None:
    """Its row is on the coordinator, and its event on a node."""
    made = ok(await api.client.post("/v1/tokens", json={"name": "ci", "scopes": ["read"]}))
    token = {"authorization": f"Bearer {made['token']}"}
    assert (await api.client.get("/v1/users/me", headers=token)).status_code == 200

    answer = await cut_while_confirming(cutter, api.client.delete(f"/v1/tokens/{made['id']}"))

    [(is_there,)] = await fetch(cluster_url, f"SELECT EXISTS (SELECT FROM api_tokens WHERE id = '{made['id']}')")
    assert (answer.status_code, is_there) in ((204, False), (503, True))
    await cutter.recover()
    if is_there:
        assert (await api.client.delete(f"/v1/tokens/{made['id']}")).status_code == 204

    async def is_refused() -> bool:
        return (await api.client.get("/v1/users/me", headers=token)).status_code == 401

    await eventually(is_refused)


async def test_a_token_stays_revoked_whose_node_did_not_hear_of_the_commit(api: Api, cluster_url: str, cutter: Cutter) -> None:
    made = ok(await api.client.post("/v1/tokens", json={"name": "ci", "scopes": ["read"]}))
    events = f"SELECT type FROM events WHERE stream_id = '{api.user['id']}' AND entity_id = '{made['id']}' ORDER BY seq"
    before = await fetch(cluster_url, events)

    answer = await cut_before_nodes_hear(cutter, api.client.delete(f"/v1/tokens/{made['id']}"))

    assert answer.status_code == 204
    assert await fetch(cluster_url, events) == before
    await cutter.recover()
    assert [row["type"] for row in await fetch(cluster_url, events)] == ["api_token.created", "api_token.revoked"]
    assert (await api.client.delete(f"/v1/tokens/{made['id']}")).status_code == 404


async def test_an_owner_can_not_leave_behind_one_whose_account_is_closed(api: Api, app: TaskHub, cutter: Cutter) -> None:
    """The node of the workspace does not hear at once that the account was closed, and its membership ended."""
    async with somebody(app) as other, somebody(app) as viewer:
        await api.open_workspace()
        await api.invite(other, "owner")
        await api.invite(viewer, "viewer")

        answer = await cut_before_nodes_hear(cutter, api.send("DELETE", "/v1/users/me", {"current_password": api.password}))

        assert answer.status_code == 204
        assert (await other.delete("members/me")).status_code == 503
        await cutter.recover()
        assert (await other.delete("members/me")).json()["code"] == "last_owner"
        members = ok(await viewer.get("members"))["items"]
        assert {one["user_id"] for one in members} == {other.user["id"], viewer.user["id"]}
