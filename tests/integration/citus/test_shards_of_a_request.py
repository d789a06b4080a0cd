"""A request asks the node of its workspace: each of its statements goes to one shard, but for the few that can't."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
from dependency_injector import providers

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.databases import cloned_database
from support.harness.operations import PROTECTED, SampleData, each
from taskhub.app import TaskHub
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.infrastructure.postgres import database as database_module
from taskhub.kernel.infrastructure.postgres.database import Database

TELL_WHEN_PLANNED = {"citus.multi_task_query_log_level": "notice", "plan_cache_mode": "force_custom_plan"}
SEVERAL = "multi-task query about to be executed"
"""What the coordinator says while it plans a statement that goes to several shards."""
MY_WORKSPACES = r"FROM members (JOIN workspaces .*)?WHERE members\.user_id = \$1"
OVER_ALL_WORKSPACES = {
    "list_workspaces": {MY_WORKSPACES},
    "close_account": {MY_WORKSPACES, r"^DELETE FROM retry_keys WHERE retry_keys\.user_id = \$1"},
}
"""Operations with statements that go to several shards, and those statements."""
OF_A_MEMBER = {"change_member", "delete_member"}
"""They are tried on somebody else than the only owner."""
REFUSED = {"accept_invitation", "create_project"}
"""Here they would be done a second time."""


class ToldConnection(asyncpg.Connection):  # type: ignore[misc]  # The driver has no types.
    """Notes the statements that the coordinator sends to several shards."""

    told: list[str]
    _asked = ""

    async def fetch(self, query: str, *arguments: Any, **options: Any) -> Any:
        self._asked = query
        return await super().fetch(query, *arguments, **options)

    async def executemany(self, command: str, arguments: Any, **options: Any) -> Any:
        self._asked = command
        return await super().executemany(command, arguments, **options)

    def note(self, _: asyncpg.Connection, message: asyncpg.PostgresLogMessage) -> None:
        if message.message == SEVERAL:
            self.told.append(" ".join(self._asked.split()))


class ToldDatabase(Database):
    connection_class = ToldConnection

    def __init__(self, url: str, *, pool_size: int) -> None:
        super().__init__(url, pool_size=pool_size)
        self.told: list[str] = []

    async def _connect(self) -> asyncpg.Connection:
        connection = await super()._connect()
        connection.told = self.told
        connection.add_log_listener(connection.note)
        return connection


@pytest.fixture(scope="module")
def own_url(template_url: str) -> Iterator[str]:
    with cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
async def database(own_url: str) -> AsyncIterator[ToldDatabase]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in TELL_WHEN_PLANNED.items():
            patch.setitem(database_module._SESSION, name, value)
        async with ToldDatabase(own_url, pool_size=3).opened() as database:
            yield database


@pytest.fixture(scope="module")
def serving(own_url: str, database: ToldDatabase) -> TaskHub:
    """Without background work, which is nobody's request."""
    return TaskHub(make_container(own_url, lambda its: its.database.override(providers.Object(database))))


@pytest.fixture
async def sample(serving: TaskHub, database: ToldDatabase) -> AsyncIterator[SampleData]:
    database.told.clear()
    async with Api.on(serving) as api:
        await api.sign_up()
        yield await SampleData.create(api)


@each(PROTECTED)
async def test_a_request_asks_one_shard(
    sample: SampleData, serving: TaskHub, database: ToldDatabase, operation: Operation
) -> None:
    """So do those that made what it is about."""
    async with Api.on(serving) as other:
        await other.sign_up()
        await sample.api.invite(other, "owner")
        ids = {"user_id": other.user["id"]} if operation.operation_id in OF_A_MEMBER else {}
        answer = await sample.call(operation, path=sample.path(operation, **ids))
    assert answer.is_success or operation.operation_id in REFUSED, answer.text
    expected = OVER_ALL_WORKSPACES.get(str(operation.operation_id), set[str]())
    unexpected = {sql for sql in database.told if not any(re.search(one, sql) for one in expected)}
    assert unexpected == set()
    assert all(any(re.search(one, sql) for sql in database.told) for one in expected), "an exception that is none any more"


@pytest.mark.parametrize(
    "query",
    [
        "label_id={label}&assignee_id=me&status=done",
        "label_id={label}&assignee_id=me&sort=-due",
        "label_id={label}&assignee_id=none&blocked=true",
        "closed=false&parent_id=none&sort=priority",
        "external_key=one",
        "q=engine",
        "q=OPS-1&sort=-due",
        "q=engine&deleted=true",
    ],
)
async def test_a_filtered_list_asks_one_shard(sample: SampleData, database: ToldDatabase, query: str) -> None:
    label = ok(await sample.api.post("labels", {"name": "Filtered"}))
    ok(await sample.api.get(f"tasks?{query.format(label=label['id'])}"))
    assert database.told == []
