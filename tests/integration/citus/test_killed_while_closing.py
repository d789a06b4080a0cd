"""A process that is killed while an account closes, whose workspaces are on several nodes: all of it is done or nothing."""

from collections.abc import AsyncIterator, Iterable
from itertools import count
from uuid import UUID

import asyncpg
import pytest
from dependency_injector import providers

from integration.conftest import make_container
from support.harness.api import Api
from support.harness.databases import fetch
from taskhub.app import TaskHub
from taskhub.kernel.application.commands import Context
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.users.application.close_account import CloseAccount
from taskhub.users.application.passwords import Proof
from taskhub.workspaces.contract.access import Role

SHARED = 2
"""Workspaces, at least: they have to be on both nodes."""


class Killed(BaseException):
    """The process ends here. Nothing of it may catch this."""


class Steps(list[str]):
    """What was sent to the database, until the process is killed before a step."""

    def __init__(self, last: int, drivers: Iterable[asyncpg.Connection]) -> None:
        super().__init__()
        self._last = last
        self._drivers = drivers

    def append(self, sql: str) -> None:
        if len(self) == self._last:
            for driver in self._drivers:
                driver.terminate()
            raise Killed
        super().append(sql)


class MortalDatabase(Database):
    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=3)
        self._drivers: list[asyncpg.Connection] = []

    async def _connect(self) -> asyncpg.Connection:
        driver = await super()._connect()
        self._drivers.append(driver)
        return driver

    def kill_before(self, step: int) -> Steps:
        self.round_trips = steps = Steps(step, self._drivers)
        return steps


@pytest.fixture
async def database(own_url: str) -> AsyncIterator[MortalDatabase]:
    async with MortalDatabase(own_url).opened() as database:
        yield database


@pytest.fixture
def app(own_url: str, database: MortalDatabase) -> TaskHub:
    """Without background work, which is no step of a closing."""
    return TaskHub(make_container(own_url, lambda its: its.database.override(providers.Object(database))))


@pytest.fixture
async def ada(app: TaskHub) -> AsyncIterator[Api]:
    async with Api.on(app) as ada:
        await ada.sign_up()
        yield ada


async def nodes_of(url: str, workspaces: Iterable[str]) -> set[int]:
    shard = "SELECT get_shard_id_for_distribution_column('event_streams', '{}'::uuid)"
    port = "SELECT nodeport FROM pg_dist_placement JOIN pg_dist_node USING (groupid) WHERE shardid = ({})"
    return {(await fetch(url, port.format(shard.format(id))))[0][0] for id in workspaces}


async def test_an_account_closes_as_a_whole_wherever_the_process_is_killed(
    app: TaskHub, ada: Api, database: MortalDatabase, own_url: str
) -> None:
    async with Api.on(app) as grace, Api.on(app) as viewer:
        await grace.sign_up()
        await viewer.sign_up()
        shared: list[str] = []
        while len(shared) < SHARED or len(await nodes_of(own_url, shared)) < 2:
            shared.append((await ada.open_workspace())["id"])
            await ada.invite(grace, "owner")
            await ada.invite(viewer, "viewer")
        alone = (await ada.open_workspace())["id"]
        close = app.state.container.modules["users"].close_account()
        command = CloseAccount(Proof(UUID(ada.user["id"]), 1, 1), None)

        for step in count():
            steps = database.kill_before(step)
            try:
                await close.perform(command, Context(None, "tests"))
            except Killed:
                assert await memberships(own_url, ada) == {*shared, alone}
                assert await is_open(own_url, ada)
            else:
                break
        database.round_trips = None

        assert steps[-1] == "COMMIT"
        assert await memberships(own_url, ada) == set()
        assert not await is_open(own_url, ada)
        assert await owners(own_url, shared) == [(grace.user["id"], len(shared))]
        for id in shared:
            answer = await grace.delete(f"/v1/workspaces/{id}/members/me")
            assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")


async def memberships(url: str, api: Api) -> set[str]:
    rows = await fetch(url, f"SELECT workspace_id FROM members WHERE user_id = '{api.user['id']}' AND left_at IS NULL")
    return {str(row["workspace_id"]) for row in rows}


async def is_open(url: str, api: Api) -> bool:
    return bool(await fetch(url, f"SELECT FROM users WHERE id = '{api.user['id']}' AND deleted_at IS NULL"))


async def owners(url: str, workspaces: Iterable[str]) -> list[tuple[str, int]]:
    """Who owns how many of them."""
    ids = ", ".join(f"'{id}'" for id in workspaces)
    owned = f"role = {int(Role.OWNER)} AND left_at IS NULL AND workspace_id IN ({ids})"
    rows = await fetch(url, f"SELECT user_id, count(*) FROM members WHERE {owned} GROUP BY user_id")
    return [(str(user_id), number) for user_id, number in rows]
