"""What happens to projects and tasks by itself: when a member leaves, when the trash is old, when a workspace is purged."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from support.harness.api import Api, ok
from support.harness.waiting import eventually
from taskhub.container import Container
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.application.background.purge_trash import RETENTION


async def test_someone_who_leaves_is_taken_off_their_tasks(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    task = await ada.add_task(assignee_ids=[ada.user["id"], guest.user["id"]])
    await guest.delete("members/me")

    async def released() -> bool:
        return ok(await ada.get(f"tasks/{task['id']}"))["assignee_ids"] == [ada.user["id"]]

    await eventually(released)
    after = ok(await ada.get(f"tasks/{task['id']}"))
    assert (after["version"], after["title"]) == (2, task["title"])


async def test_someone_whose_account_is_closed_is_taken_off_their_tasks(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    task = await ada.add_task(assignee_ids=[guest.user["id"]])
    answer = await guest.send("DELETE", "/v1/users/me", {"current_password": guest.password})
    assert answer.status_code == 204

    async def released() -> bool:
        return ok(await ada.get(f"tasks/{task['id']}"))["assignee_ids"] == []

    await eventually(released)


async def test_what_is_old_in_the_trash_goes_for_good(ada: Api, container: Container, database: Database) -> None:
    task = await ada.add_task(title="Forget me", description="completely")
    await ada.delete(f"tasks/{task['id']}")
    await purge(container.modules["tasks"], database, RETENTION + timedelta(minutes=1))
    assert (await ada.get(f"tasks/{task['id']}", deleted="true")).status_code == 404
    assert "Forget me" not in await log_of(database, ada)
    again = await ada.post("tasks", {"project_id": ada.project["id"], "title": "again", "id": task["id"]})
    assert (again.status_code, again.json()["code"]) == (409, "id_taken")


async def test_what_is_recent_in_the_trash_stays(ada: Api, container: Container, database: Database) -> None:
    task = await ada.add_task()
    await ada.delete(f"tasks/{task['id']}")
    await purge(container.modules["tasks"], database, RETENTION - timedelta(minutes=1))
    assert (await ada.get(f"tasks/{task['id']}", deleted="true")).status_code == 200


async def test_a_key_is_taken_for_ever_even_when_its_project_is_gone(ada: Api, container: Container, database: Database) -> None:
    project = await ada.open_project(key="GONE", name="Secret name")
    await ada.delete(f"projects/{project['id']}")
    await purge(container.modules["tasks"], database, RETENTION + timedelta(minutes=1))
    assert (await ada.get(f"projects/{project['id']}", deleted="true")).status_code == 404
    assert ok(await ada.get("projects", deleted="true"))["items"] == []
    again = await ada.post("projects", {"key": "GONE", "name": "Another"})
    assert (again.status_code, again.json()["code"]) == (409, "key_taken")


async def test_a_purged_workspace_leaves_no_task_behind(ada: Api, container: Container, database: Database) -> None:
    await ada.add_task()
    await ada.delete(f"/v1/workspaces/{ada.workspace['id']}")
    await purge(container.modules["workspaces"], database, timedelta(days=31))

    async def emptied() -> bool:
        async with database.connection() as connection:
            left = "SELECT id FROM tasks WHERE workspace_id = $1 UNION SELECT id FROM projects WHERE workspace_id = $1"
            return await connection._driver.fetch(left, UUID(ada.workspace["id"])) == []

    await eventually(emptied)


async def purge(module: Any, database: Database, after: timedelta) -> None:
    """Runs one module's purges as they would run some time from now: others' would end the sessions that the tests go on with."""
    for each in module.purges():
        await each.remove(database, system_clock() + after)


async def log_of(database: Database, api: Api) -> str:
    async with database.connection() as connection:
        rows = await connection._driver.fetch(
            "SELECT changes::text || coalesce(snapshot::text, '') AS text FROM events WHERE stream_id = $1",
            UUID(api.workspace["id"]),
        )
    return "\n".join(row["text"] for row in rows)
