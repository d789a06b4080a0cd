"""The operations of a batch do what they would have done one after the other: same answers, same log, same rows."""

import copy
from typing import Any

import pytest

from support.harness.api import Api, ok
from support.harness.mixed_writes import MixedWrites, Operation, fill, send_alone
from support.harness.untimed import as_expected, untimed
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres.database import Database

SEEDS = range(8)
TRIED = 90
_ORDER = "rank() OVER (PARTITION BY project_id ORDER BY rank)"
"""And not their ranks: a move that is run under locks uses up a place of the project even where it moves nothing."""
ROWS = (
    f"SELECT id, project_id, number, {_ORDER}, version, deleted_at IS NULL, trashed_with FROM tasks WHERE workspace_id = $1",
    "SELECT id, external_keys FROM tasks WHERE workspace_id = $1",
    "SELECT digest, task_id FROM external_keys WHERE workspace_id = $1",
    "SELECT id, last_number, version FROM projects WHERE workspace_id = $1",
    "SELECT project_key, number, task_id FROM former_keys WHERE workspace_id = $1",
    "SELECT task_id, version FROM former_places WHERE workspace_id = $1",
)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_batch_does_what_its_operations_do_alone(app: TaskHub, database: Database, seed: int) -> None:
    async with Api.on(app) as alone:
        user = await alone.sign_up()
        writes = MixedWrites(seed, user["id"])
        beginning = writes.beginning()
        together, refused = copy.copy(alone), copy.copy(alone)
        for api in (alone, together, refused):
            await api.open_workspace()
            await fill(api, beginning)
        operations, answers, refusals = await _tried(alone, writes)

        results = ok(await together.post("batch", {"operations": operations}))["results"]
        for operations_before, operation, problem in refusals[:5]:
            answer = await refused.post("batch", {"operations": [*operations[:operations_before], operation]})
            told = answer.json()
            assert (answer.status_code, told["code"], told["operation"]) == (
                problem["status"],
                problem["code"],
                operations_before,
            )

        assert [untimed(_own(together, one)) for one in results] == [untimed(_own(alone, one)) for one in answers]
        assert await _log(together) == await _log(alone)
        assert len(await _log(refused)) == len(beginning)
        for query in ROWS:
            assert await _rows(database, query, together) == await _rows(database, query, alone)


async def _tried(api: Api, writes: MixedWrites) -> tuple[list[Operation], list[Any], list[tuple[int, Operation, Any]]]:
    """What was done one after the other, with the answers; and what was refused, with the number of those before it."""
    operations: list[Operation] = []
    answers: list[Any] = []
    refusals: list[tuple[int, Operation, Any]] = []
    for _ in range(TRIED):
        operation = writes.next()
        answer = await send_alone(api, operation)
        if answer.is_success:
            operations.append(operation)
            body = answer.json() if answer.content else None
            headers = answer.headers
            answers.append(
                {"status": answer.status_code, "etag": headers.get("etag"), "location": headers.get("location"), "body": body}
            )
        else:
            refusals.append((len(operations), operation, answer.json()))
    return operations, answers, refusals


def _own(api: Api, value: Any) -> Any:
    """Without the id of the workspace."""
    if isinstance(value, dict):
        return {name: _own(api, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_own(api, item) for item in value]
    return value.replace(api.workspace["id"], "") if isinstance(value, str) else value


async def _log(api: Api) -> list[Any]:
    """All that happened to what is in the workspace, but for when."""
    changes = ok(await api.get("changes", limit=1000))["items"]
    return [_own(api, as_expected(change)) for change in changes if change["entity_type"] not in {"workspace", "member"}]


async def _rows(database: Database, query: str, api: Api) -> list[str]:
    connection = await database.acquire()
    try:
        return sorted(map(repr, await connection._driver.fetch(query, api.workspace["id"])))
    finally:
        database.release(connection)
