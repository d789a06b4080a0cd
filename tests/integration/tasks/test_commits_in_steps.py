"""Where tables are distributed, a commit is executed step by step: it does what it does as one statement."""

import asyncio
import copy
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dependency_injector import providers

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.mixed_writes import MixedWrites, Operation, fill, possible
from support.harness.untimed import as_expected, untimed
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres.database import Database

SEEDS = range(6)
TRIED, BATCHES, BATCH = 90, 6, 8
OTHERWISE = "'{created_at,updated_at,workspace_id,deleted_at,closed_at,archived_at,edited_at,words}'::text[]"
ROWS = (
    *(
        f"SELECT to_jsonb(t) - {OTHERWISE} FROM {table} AS t WHERE workspace_id = $1"
        for table in ("tasks", "projects", "comments", "labels")
    ),
    "SELECT digest, task_id FROM external_keys WHERE workspace_id = $1",
    "SELECT project_key, number, task_id FROM former_keys WHERE workspace_id = $1",
    "SELECT task_id, version, rank FROM former_places WHERE workspace_id = $1",
    "SELECT seq, commit_seq, type, entity_version FROM events WHERE stream_id = $1",
    "SELECT last_seq FROM event_streams WHERE stream_id = $1",
    "SELECT key, status, entity_id, entity_version FROM retry_keys WHERE stream_id = $1",
)


@pytest.fixture
async def stepping(database_url: str) -> AsyncIterator[Api]:
    """A client of a service on the same database that takes it for a distributed one."""
    database = Database(database_url, pool_size=5, is_distributed=True)
    app = TaskHub(make_container(database_url, lambda its: its.database.override(providers.Object(database))))
    async with database.opened(), Api.on(app) as api:
        yield api


async def twins(chained: Api, stepping: Api, seed: int) -> MixedWrites:
    """Two workspaces of the same user that began in the same way, each by its own service."""
    user = await chained.sign_up()
    stepping.client.headers["authorization"] = chained.client.headers["authorization"]
    writes = MixedWrites(seed, user["id"])
    beginning = writes.beginning()
    for api in (chained, stepping):
        await api.open_workspace()
        await fill(api, beginning)
    return writes


@pytest.mark.parametrize("seed", SEEDS)
async def test_random_commands_do_the_same(api: Api, stepping: Api, database: Database, seed: int) -> None:
    writes = await twins(api, stepping, seed)
    refused = 0
    for number in range(TRIED):
        operation, key = writes.next(), f"{seed}-{number}"
        told = await answered(api, operation, key)
        assert await answered(stepping, operation, key) == told, operation
        refused += told["status"] >= 400
        if number % 10 == 0:
            assert await answered(stepping, operation, key) == await answered(api, operation, key), "a retry"
    assert 5 < refused < TRIED * 0.8
    await assert_the_same_is_there(api, stepping, database)


@pytest.mark.parametrize("seed", SEEDS)
async def test_so_do_batches_of_them(api: Api, stepping: Api, database: Database, seed: int) -> None:
    writes = await twins(api, stepping, seed)
    for number in range(BATCHES):
        operations = await possible(api, [writes.next() for _ in range(BATCH)])
        operation = {"method": "POST", "path": "/batch", "body": {"operations": operations}}
        told = await answered(api, operation, f"batch {seed}-{number}")
        assert await answered(stepping, operation, f"batch {seed}-{number}") == told, operation
    await assert_the_same_is_there(api, stepping, database)


async def test_a_step_that_misses_undoes_those_before_it(api: Api, stepping: Api, database: Database) -> None:
    """Of many who change one row at once all but one are too late each time, with an event half written."""
    await twins(api, stepping, 1)
    task = ok(await stepping.post("tasks", {"project_id": "AA", "title": "Hot"}))
    path = f"tasks/{task['id']}"
    answers = await asyncio.gather(*(stepping.patch(path, {"title": f"Hot {n}"}) for n in range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert sorted(answer.json()["version"] for answer in answers) == [*range(2, 22)]
    (last,) = await rows(database, "SELECT last_seq FROM event_streams WHERE stream_id = $1", stepping)
    events = await rows(database, "SELECT seq FROM events WHERE stream_id = $1", stepping)
    assert last == f"<Record last_seq={len(events)}>"


async def answered(api: Api, operation: Operation, key: str) -> Any:
    """An answer, without when and in which workspace it was."""
    headers = {"if_match": operation["if_match"]} if "if_match" in operation else {}
    path = operation["path"].removeprefix("/")
    answer = await api.send(operation["method"], path, operation.get("body"), idempotency_key=key, **headers)
    body = answer.json() if answer.content else None
    told = {"status": answer.status_code, "etag": answer.headers.get("etag"), "location": answer.headers.get("location")}
    told["replayed"] = answer.headers.get("idempotency-replayed")
    return untimed(own(api, {**told, "body": body}))


def own(api: Api, value: Any) -> Any:
    """Without the id of the workspace, and that of the request."""
    if isinstance(value, dict):
        return {name: own(api, member) for name, member in value.items() if name != "request_id"}
    if isinstance(value, list):
        return [own(api, item) for item in value]
    return value.replace(api.workspace["id"], "") if isinstance(value, str) else value


async def assert_the_same_is_there(chained: Api, stepping: Api, database: Database) -> None:
    assert await log(stepping) == await log(chained)
    for query in ROWS:
        assert await rows(database, query, stepping) == await rows(database, query, chained), query


async def log(api: Api) -> list[Any]:
    changes = ok(await api.get("changes", limit=1000))["items"]
    return [
        own(api, as_expected(copy.copy(change))) for change in changes if change["entity_type"] not in {"workspace", "member"}
    ]


async def rows(database: Database, query: str, api: Api) -> list[str]:
    async with database.connection() as connection:
        return sorted(map(repr, await connection._driver.fetch(query, api.workspace["id"])))
