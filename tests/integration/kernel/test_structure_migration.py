"""Projects and tasks that are older than the structure of work: what becomes of them, and that one can go on working."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from support.harness.api import Api, ok
from support.harness.event_log import read_log
from support.harness.migrations import migrate
from support.harness.trusting_service import started_service
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.workspaces.contract.access import Role

BEFORE = "0004"
NOW, INSTANT = datetime(2026, 3, 1, 12, tzinfo=UTC), "2026-03-01T12:00:00Z"
USER, WORKSPACE = uuid4(), uuid4()
PROJECTS = {"OPS": uuid4(), "WEB": uuid4()}
NUMBERS = (("OPS", 2), ("OPS", 10), ("OPS", 1), ("WEB", 7))
STANDARD: dict[str, Any] = {
    "statuses": [
        {"key": "todo", "name": "To do", "category": "todo"},
        {"key": "in_progress", "name": "In progress", "category": "in_progress"},
        {"key": "done", "name": "Done", "category": "done"},
        {"key": "cancelled", "name": "Cancelled", "category": "cancelled"},
    ],
    "transitions": None,
}

Row = dict[str, Any]
MADE: Row = {"workspace_id": WORKSPACE, "version": 1, "created_at": NOW, "updated_at": NOW}


def project_of(key: str) -> Row:
    last = max(number for project, number in NUMBERS if project == key)
    return {**MADE, "id": PROJECTS[key], "key": key, "name": key.title(), "created_by_id": USER, "last_number": last}


def task_of(key: str, number: int) -> Row:
    of_project = {"project_id": PROJECTS[key], "project_key": key, "number": number}
    content = {"title": f"{key}-{number}", "status": "todo", "status_category": "todo", "priority": 0, "assignee_ids": []}
    return {**MADE, "id": uuid4(), **of_project, **content, "created_by_id": USER}


def event_of(seq: int, kind: str, thing: Row) -> Row:
    """Of something that was made: with the representation that it had then."""
    shown = {name: str(value) if isinstance(value, UUID) else value for name, value in thing.items() if name != "last_number"}
    shown |= {"created_at": INSTANT, "updated_at": INSTANT, "deleted_at": None, "description": None}
    if kind == "task":
        shown |= {"key": f"{shown.pop('project_key')}-{thing['number']}", "priority": "none"}
        shown |= {"due": None, "due_at": None, "closed_at": None}
    else:
        shown |= {"archived_at": None}
    told = {name: [None, value] for name, value in shown.items() if value is not None and name not in ("version", "updated_at")}
    place = {"stream_id": WORKSPACE, "seq": seq, "id": uuid4(), "type": f"{kind}.created", "schema": 1, "entity_type": kind}
    by = {"entity_id": thing["id"], "entity_version": 1, "actor_id": USER, "occurred_at": NOW}
    return {**place, **by, "changes": json.dumps(told), "snapshot": json.dumps(shown)}


def rows() -> dict[str, list[Row]]:
    """A workspace with two projects, whose tasks were stored in no particular order."""
    projects, tasks = [project_of(key) for key in PROJECTS], [task_of(key, number) for key, number in NUMBERS]
    things = [*(("project", project) for project in projects), *(("task", task) for task in tasks)]
    member = {"user_id": USER, "role": int(Role.OWNER), "joined_at": NOW, "updated_at": NOW, "version": 1}
    workspace = {"id": WORKSPACE, "name": "Old", "time_zone": "UTC", "version": 1, "created_at": NOW, "updated_at": NOW}
    return {
        "workspaces": [workspace],
        "members": [{"workspace_id": WORKSPACE, **member}],
        "projects": projects,
        "tasks": tasks,
        "events": [event_of(seq, kind, thing) for seq, (kind, thing) in enumerate(things, start=1)],
        "event_streams": [{"stream_id": WORKSPACE, "last_seq": len(things), "moved_at": NOW}],
    }


@pytest.fixture
async def old(empty_url: str) -> AsyncIterator[Api]:
    """Somebody in a workspace that was made before, on the service of today."""
    await migrate(empty_url, BEFORE)
    connection = await asyncpg.connect(empty_url.replace("+asyncpg", ""))
    try:
        for table, records in rows().items():
            for record in records:
                places = ", ".join(f"${number}" for number in range(1, len(record) + 1))
                await connection.execute(f"INSERT INTO {table} ({', '.join(record)}) VALUES ({places})", *record.values())
    finally:
        await connection.close()
    await migrate(empty_url)
    async with started_service(empty_url) as app, Api.on(app) as api:
        api.user, api.workspace, api.project = {"id": str(USER)}, {"id": str(WORKSPACE)}, {"id": str(PROJECTS["OPS"])}
        api.client.headers["authorization"] = f"Bearer {USER} ADMIN"
        yield api


async def keys_in_order(api: Api) -> list[str]:
    return [task["key"] for task in ok(await api.get("tasks", sort="rank"))["items"]]


async def logged(api: Api) -> dict[str, Any]:
    """The latest snapshot of each thing."""
    database: Database = api.client._transport.app.state.container.database()  # type: ignore[attr-defined]  # The app behind the client.
    return {str(event["entity_id"]): event["snapshot"] for event in await read_log(database, WORKSPACE)}


async def test_old_tasks_stand_in_the_order_of_their_numbers(old: Api) -> None:
    assert await keys_in_order(old) == ["OPS-1", "OPS-2", "OPS-10", "WEB-7"]


async def test_old_projects_have_the_standard_workflow(old: Api) -> None:
    projects = ok(await old.get("projects"))["items"]
    assert [project["workflow"] for project in projects] == [STANDARD, STANDARD]


async def test_old_things_are_logged_as_they_are_shown(old: Api) -> None:
    things = [thing for path in ("projects", "tasks") for thing in ok(await old.get(path))["items"]]
    assert {thing["id"]: thing for thing in things} == await logged(old)
    for task in things[2:]:
        (entry,) = ok(await old.get(f"tasks/{task['id']}/history"))["items"]
        begun = dict.fromkeys(task) | {name: after for name, (_, after) in entry["changes"].items()}
        assert {**begun, "version": 1, "updated_at": entry["occurred_at"]} == task


async def test_work_goes_on_with_old_tasks(old: Api) -> None:
    label, newest = ok(await old.post("labels", {"name": "Bug"})), await old.add_task()
    assert newest["key"] == "OPS-11"
    path = "tasks/OPS-2"
    ok(await old.put(f"{path}/labels/{label['id']}"))
    ok(await old.put(f"{path}/blockers/WEB-7"))
    ok(await old.post(f"{path}/move", {"to": "last", "parent_id": newest["id"]}))
    assert await keys_in_order(old) == ["OPS-1", "OPS-10", "OPS-11", "OPS-2", "WEB-7"]
    workflow = {"statuses": [*STANDARD["statuses"][1:]], "transitions": None, "status_map": {"todo": "done"}}
    ok(await old.put(f"projects/{old.project['id']}/workflow", workflow))
    assert (await old.delete(f"labels/{label['id']}")).status_code == 204
    ok(await old.post("tasks/WEB-7/move", {"to": "first", "status": "done", "project_id": old.project["id"]}))
    assert await keys_in_order(old) == ["OPS-12", "OPS-1", "OPS-10", "OPS-11", "OPS-2"]
    assert (await old.delete(f"projects/{old.project['id']}")).status_code == 204
    ok(await old.post(f"projects/{old.project['id']}/restore"))
    tasks, log = ok(await old.get("tasks"))["items"], await logged(old)
    assert [log[task["id"]] for task in tasks] == tasks
    assert {task["key"]: task["version"] for task in tasks} == {"OPS-1": 4, "OPS-2": 8, "OPS-10": 4, "OPS-11": 4, "OPS-12": 4}
