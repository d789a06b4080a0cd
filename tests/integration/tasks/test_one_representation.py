"""The same thing is the same JSON everywhere: from the aggregate, from the query, in a list and in the log."""

import json
from typing import Any
from uuid import UUID

from support.harness.api import Api, ok
from taskhub.kernel.infrastructure.postgres.database import Database

FULL: dict[str, Any] = {
    "description": "# Oil\n\nTwice *a* day. ☃",
    "status": "in_progress",
    "priority": "urgent",
    "due": {"date": "2026-10-25", "time": "02:30", "time_zone": "Europe/Berlin"},
}


async def test_a_task_is_one_representation(ada: Api, database: Database) -> None:
    for body in ({}, {**FULL, "assignee_ids": [ada.user["id"]]}, {"status": "done", "due": {"date": "2026-01-31"}}):
        task = await ada.add_task(**body)
        assert ok(await ada.get(f"tasks/{task['id']}")) == task
        assert ok(await ada.get("tasks", ids=task["id"]))["items"] == [task]
        assert ok(await ada.get(f"tasks/{task['key']}")) == task
        assert await logged(database, ada, task) == task


async def test_a_task_stays_one_representation_through_its_life(ada: Api, database: Database) -> None:
    task = await ada.add_task()
    path = f"tasks/{task['id']}"
    for step in (
        ada.patch(path, FULL),
        ada.patch(path, {"due": None, "status": "done"}),
        ada.put(f"{path}/assignees/{ada.user['id']}"),
        ada.delete(f"{path}/assignees/{ada.user['id']}"),
    ):
        after = ok(await step)
        assert ok(await ada.get(path)) == after == await logged(database, ada, after)
    await ada.delete(path)
    trashed = ok(await ada.get(path, deleted="true"))
    assert trashed == await logged(database, ada, trashed)
    restored = ok(await ada.post(f"{path}/restore"))
    assert ok(await ada.get(path)) == restored == await logged(database, ada, restored)


async def test_tasks_that_went_to_the_trash_with_their_project_are_logged_as_they_are(ada: Api, database: Database) -> None:
    tasks = [await ada.add_task(**FULL) for _ in range(3)]
    await ada.delete(f"projects/{ada.project['id']}")
    for task in tasks:
        trashed = ok(await ada.get(f"tasks/{task['id']}", deleted="true"))
        assert trashed["version"] == 2
        assert trashed == await logged(database, ada, trashed)
    ok(await ada.post(f"projects/{ada.project['id']}/restore"))
    for task in tasks:
        restored = ok(await ada.get(f"tasks/{task['id']}"))
        assert restored == await logged(database, ada, restored)
        assert {**restored, "version": 1, "updated_at": task["updated_at"]} == task


async def logged(database: Database, api: Api, thing: dict[str, Any]) -> Any:
    """The snapshot that the log holds of a thing at its version."""
    async with database.connection() as connection:
        row = await connection._driver.fetchrow(
            "SELECT snapshot::text FROM events WHERE stream_id = $1 AND entity_id = $2 AND entity_version = $3",
            UUID(api.workspace["id"]),
            UUID(thing["id"]),
            thing["version"],
        )
    return json.loads(row["snapshot"])


async def test_a_task_that_is_named_by_its_key_says_where_it_is_by_id(ada: Api) -> None:
    task = await ada.add_task()
    path = f"tasks/{task['key']}"
    by_id = f"/v1/workspaces/{ada.workspace['id']}/tasks/{task['id']}"
    for answer in (
        await ada.get(path),
        await ada.patch(path, {"title": "Other"}),
        await ada.put(f"{path}/assignees/{ada.user['id']}"),
        await ada.delete(f"{path}/assignees/{ada.user['id']}"),
        await ada.post(f"{path}/restore"),
    ):
        assert (answer.status_code, answer.headers["content-location"]) == (200, by_id)
