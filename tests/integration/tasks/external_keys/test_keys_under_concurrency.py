"""External keys that many clients give, take off and hand over at once: each is one task's, and nobody waits in a ring."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.concurrency.clients import ClientGroup
from support.harness.external_keys import external
from support.harness.lock_waits import count_lock_waits
from support.harness.postgres_log import server_log
from support.harness.waiting import eventually
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.infrastructure.task_lookup import digest_of

SECONDS = 15.0
CLIENTS, REPLICAS = 16, 4
KEYS = [f"key {n}" for n in range(8)]
TASKS = 6
EXPECTED = {(200, None), (201, None), (409, "external_key_taken")}
_CLAIMED = "SELECT task_id, array_agg(digest) AS digests FROM external_keys GROUP BY task_id"


@pytest.fixture
async def group(own_url: str) -> AsyncIterator[ClientGroup]:
    async with ClientGroup.on([make_container(own_url) for _ in range(REPLICAS)], CLIENTS) as group:
        await group.leader.open_workspace()
        await group.leader.open_project()
        group.follow()
        yield group


class Crowd:
    """Clients that change the external keys of few tasks, and what they were answered."""

    def __init__(self, leader: Api, tasks: list[str]) -> None:
        self.project_id = leader.project["id"]
        self.tasks = tasks
        self.outcomes: Counter[tuple[str, int, str | None]] = Counter()

    async def act(self, api: Api, random: Random) -> None:
        name = random.choice(["create", "put", "patch", "hand_over", "create_many"])
        answer = await getattr(self, name)(api, random)
        code = None if answer.is_success else answer.json()["code"]
        self.outcomes[name, answer.status_code, code] += 1

    def new(self, random: Random) -> dict[str, Any]:
        return {"project_id": self.project_id, "title": "New", "external_keys": random.sample(KEYS, 2)}

    async def create(self, api: Api, random: Random) -> Any:
        return await api.post("tasks", self.new(random))

    async def put(self, api: Api, random: Random) -> Any:
        body = self.new(random) | {"title": str(random.random())}
        if random.random() < 0.7:
            del body["external_keys"]
        return await api.put(f"tasks/external/{external(random.choice(KEYS)).removeprefix('external:')}", body)

    async def patch(self, api: Api, random: Random) -> Any:
        keys = random.sample(KEYS, random.randrange(3))
        return await api.patch(f"tasks/{random.choice(self.tasks)}", {"external_keys": keys})

    async def hand_over(self, api: Api, random: Random) -> Any:
        tasks = random.sample(self.tasks, 3)
        items = [{"id": task, "patch": {"external_keys": []}} for task in tasks[:2]]
        items.append({"id": tasks[2], "patch": {"external_keys": random.sample(KEYS, 2)}})
        return await api.post("tasks/bulk_update", {"items": items})

    async def create_many(self, api: Api, random: Random) -> Any:
        return await api.post("tasks/bulk_create", {"items": [self.new(random), {**self.new(random), "external_keys": []}]})


async def test_keys_that_are_torn_at_belong_to_one_task_each_and_nothing_deadlocks(group: ClientGroup, own_url: str) -> None:
    crowd = Crowd(group.leader, [(await group.leader.add_task())["id"] for _ in range(TASKS)])

    async def free(api: Api, random: Random) -> None:
        """Takes keys off whatever task has them, so that there is always something to be had."""
        (task,) = ok(await api.get("tasks", external_key=random.choice(KEYS)))["items"] or [None]
        if task is not None:
            ok(await api.patch(f"tasks/{task['id']}", {"external_keys": []}))

    await group.act(SECONDS, crowd.act, crowd.act, crowd.act, free)
    assert {(status, code) for _, status, code in crowd.outcomes} == EXPECTED, crowd.outcomes
    assert {name for name, status, _ in crowd.outcomes if status < 300} == {"create", "put", "patch", "hand_over", "create_many"}
    shown = {task["id"]: task["external_keys"] for key in KEYS for task in await with_key(group.leader, key)}
    keys = [key for keys in shown.values() for key in keys]
    assert len(keys) == len(set(keys))
    assert await claimed(own_url) == {id: {digest_of(key) for key in keys} for id, keys in shown.items()}
    assert [line for line in await server_log(own_url) if "deadlock" in line] == []


async def test_of_a_hundred_at_several_processes_one_creates(group: ClientGroup) -> None:
    body = {"project_id": group.leader.project["id"], "title": "New"}
    answers = await asyncio.gather(
        *(group.clients[n % CLIENTS].put("tasks/external/one", {**body, "title": f"Title {n}"}) for n in range(100))
    )
    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [201]
    assert sorted(ok(answer)["version"] for answer in answers) == [*range(1, 101)]
    (task,) = ok(await group.leader.get("tasks"))["items"]
    history = ok(await group.leader.get("changes", entity_id=task["id"]))["items"]
    assert [change["snapshot"]["title"] for change in history] == [
        title for _, title in sorted((answer.json()["version"], answer.json()["title"]) for answer in answers)
    ]


@pytest.mark.parametrize("path", ["tasks", "tasks/external/key"])
async def test_who_gives_out_a_key_waits_for_the_workspace_before_anything_else_is_locked(
    ada: Api, database: Database, path: str
) -> None:
    await ada.add_task()
    body = {"project_id": ada.project["id"], "title": "New"}
    async with database.connection() as holder, database.connection() as observer:
        await holder.begin()
        await holder._driver.execute("SELECT FROM workspaces WHERE id = $1 FOR NO KEY UPDATE", UUID(ada.workspace["id"]))
        keyed = asyncio.create_task(ada.send("PUT" if "/" in path else "POST", path, {**body, "external_keys": ["key"]}))

        async def waits() -> bool:
            return await count_lock_waits(observer._driver) > 0

        await eventually(waits)
        project = "SELECT FROM projects WHERE workspace_id = $1 AND id = $2 FOR UPDATE NOWAIT"
        await observer._driver.execute(project, UUID(ada.workspace["id"]), UUID(ada.project["id"]))
        assert ok(await ada.post("tasks", body))["number"] == 2
        await holder.rollback()
        assert ok(await keyed)["number"] == 3


async def with_key(api: Api, key: str) -> list[Any]:
    items: list[Any] = ok(await api.get("tasks", external_key=key))["items"]
    assert len(items) <= 1
    return items


async def claimed(database_url: str) -> dict[str, set[bytes]]:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    try:
        return {str(row["task_id"]): set(row["digests"]) for row in await connection.fetch(_CLAIMED)}
    finally:
        await connection.close()
