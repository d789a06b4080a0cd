"""Whoever reads the log learns which event closed a task and which one reopened it, however that came."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from support.harness.api import Api
from support.harness.event_check import EVENT_TYPES
from support.harness.event_log import read_log
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.tasks.contract.events import CLOSING, TASK_PURGED, TaskEvent

TODO, DOING, DONE = (
    {"key": key, "name": key.title(), "category": category}
    for key, category in (("todo", "todo"), ("doing", "in_progress"), ("done", "done"))
)


async def told_of(ada: Api, database: Database, task: dict[str, Any]) -> list[tuple[str, bool, bool]]:
    """Of each event of a task: its type, whether it closed the task, whether it reopened it."""
    told = []
    for event in await read_log(database, UUID(ada.workspace["id"])):
        if str(event["entity_id"]) == task["id"]:
            content = EVENT_TYPES[event["type"]].content
            read = msgspec.convert({part: event[part] for part in ("changes", "snapshot")}, content)
            assert isinstance(read, TaskEvent)
            told.append((event["type"].partition(".")[2], read.is_closing, read.is_reopening))
    return told


async def test_a_patch_closes_and_reopens(ada: Api, database: Database) -> None:
    task = await ada.add_task()
    for status in ("in_progress", "done", "cancelled", "todo"):
        assert (await ada.patch(f"tasks/{task['id']}", {"status": status})).is_success
    assert await told_of(ada, database, task) == [
        ("created", False, False),
        ("updated", False, False),
        ("updated", True, False),
        ("updated", False, False),
        ("updated", False, True),
    ]


async def test_a_move_takes_a_status_with_it(ada: Api, database: Database) -> None:
    task = await ada.add_task()
    for status in ("done", "todo"):
        assert (await ada.post(f"tasks/{task['id']}/move", {"to": "first", "status": status})).is_success
    assert (await told_of(ada, database, task))[1:] == [("moved", True, False), ("moved", False, True)]


async def test_a_status_that_goes_may_close_its_tasks(ada: Api, database: Database) -> None:
    workflow = f"projects/{ada.project['id']}/workflow"
    assert (await ada.put(workflow, {"statuses": [TODO, DOING, DONE], "transitions": None})).is_success
    task = await ada.add_task(status="doing")
    moved = {"statuses": [TODO, DONE], "transitions": None, "status_map": {"doing": "done"}}
    assert (await ada.put(workflow, moved)).is_success
    assert (await told_of(ada, database, task))[1:] == [("updated", True, False)]


async def test_a_task_goes_to_the_trash_and_comes_back_as_it_was(ada: Api, database: Database) -> None:
    task = await ada.add_task(status="done")
    assert (await ada.delete(f"tasks/{task['id']}")).is_success
    assert (await ada.post(f"tasks/{task['id']}/restore", {})).is_success
    assert await told_of(ada, database, task) == [
        ("created", True, False),
        ("trashed", False, False),
        ("restored", False, False),
    ]


@pytest.mark.parametrize("name", sorted({*CLOSING, TASK_PURGED}))
def test_the_types_that_others_react_to_are_declared(name: str) -> None:
    assert issubclass(EVENT_TYPES[name].content, TaskEvent)
