"""The structure of work is the same JSON everywhere: answered, read, listed and logged, whatever changed it."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from integration.tasks.test_one_representation import FULL, logged
from support.harness.api import Api, ok
from taskhub.kernel.infrastructure.postgres.database import Database

Check = Callable[[str, dict[str, Any]], Awaitable[None]]
"""Whether a thing below a path is the same everywhere."""

OPEN = {"statuses": [{"key": "open", "name": "Open", "category": "todo"}, {"key": "over", "name": "Over", "category": "done"}]}


@pytest.fixture
def is_one(ada: Api, database: Database) -> Check:
    async def check(collection: str, thing: dict[str, Any]) -> None:
        read = ok(await ada.get(f"{collection}/{thing['id']}"))
        listed = [one for one in ok(await ada.get(collection))["items"] if one["id"] == thing["id"]]
        assert read == thing
        assert listed == [thing]
        assert await logged(database, ada, thing) == thing

    return check


@pytest.fixture
def is_one_in_trash(ada: Api, database: Database) -> Check:
    async def check(collection: str, thing: dict[str, Any]) -> None:
        read = ok(await ada.get(f"{collection}/{thing['id']}", deleted="true"))
        listed = [one for one in ok(await ada.get(collection, deleted="true"))["items"] if one["id"] == thing["id"]]
        assert [read] == listed == [await logged(database, ada, read)]
        changed = {"version": thing["version"] + 1, "updated_at": read["updated_at"], "deleted_at": read["updated_at"]}
        assert read == {**thing, **changed}

    return check


async def task_now(api: Api, task: dict[str, Any]) -> dict[str, Any]:
    now: dict[str, Any] = ok(await api.get(f"tasks/{task['id']}"))
    return now


async def add_label(api: Api, name: str = "Bug") -> dict[str, Any]:
    label: dict[str, Any] = ok(await api.post("labels", {"name": name, "color": "#D73A4A"}))
    return label


async def test_a_project_with_a_workflow_is_one_representation(ada: Api, is_one: Check) -> None:
    path = f"projects/{ada.project['id']}"
    await is_one("projects", ada.project)
    for transitions in ({"over": ["open"], "open": []}, {}, None):
        await is_one("projects", ok(await ada.put(f"{path}/workflow", {**OPEN, "transitions": transitions})))
    await is_one("projects", ok(await ada.patch(path, {"name": "Other"})))


async def test_a_task_is_one_representation_whatever_it_refers_to(ada: Api, is_one: Check) -> None:
    label, other, parent = await add_label(ada), await add_label(ada, "UI"), await ada.add_task()
    references = {"label_ids": [label["id"], other["id"]], "parent_id": parent["id"], "blocked_by_ids": [parent["id"]]}
    task = await ada.add_task(**FULL, **references)
    await is_one("tasks", task)
    path = f"tasks/{task['id']}"
    steps: list[Callable[[], Awaitable[httpx2.Response]]] = [
        lambda: ada.delete(f"{path}/labels/{label['id']}"),
        lambda: ada.put(f"{path}/labels/{label['id']}"),
        lambda: ada.delete(f"{path}/blockers/{parent['id']}"),
        lambda: ada.put(f"{path}/blockers/{parent['id']}"),
        lambda: ada.post(f"{path}/move", {"to": "first", "parent_id": None, "status": "done"}),
        lambda: ada.patch(path, {"label_ids": [], "blocked_by_ids": []}),
    ]
    for step in steps:
        await is_one("tasks", ok(await step()))


async def test_tasks_of_a_batch_are_one_representation(ada: Api, is_one: Check) -> None:
    label = await add_label(ada)
    items = [{"project_id": ada.project["id"], "title": f"Task {n}", "label_ids": [label["id"]], **FULL} for n in range(2)]
    for task in (tasks := ok(await ada.post("tasks/bulk_create", {"items": items}))["items"]):
        await is_one("tasks", task)
    changes = [{"id": task["id"], "patch": {"label_ids": [], "due": None, "status": "done"}} for task in tasks]
    for task in ok(await ada.post("tasks/bulk_update", {"items": changes}))["items"]:
        await is_one("tasks", task)


async def test_tasks_that_lost_a_label_with_its_deletion_are_logged_as_they_are(ada: Api, is_one: Check) -> None:
    label, kept = await add_label(ada), await add_label(ada, "UI")
    tasks = [await ada.add_task(**FULL, label_ids=[label["id"], kept["id"]]), await ada.add_task(label_ids=[label["id"]])]
    await ada.delete(f"labels/{label['id']}")
    for task in tasks:
        after = await task_now(ada, task)
        await is_one("tasks", after)
        await is_one("tasks", ok(await ada.patch(f"tasks/{task['id']}", {"title": "Later"})))


async def test_tasks_that_another_workflow_moved_are_logged_as_they_are(ada: Api, is_one: Check) -> None:
    tasks = [await ada.add_task(**{**FULL, "status": status}) for status in ("todo", "in_progress", "done", "cancelled")]
    moves = {"todo": "over", "in_progress": "open", "done": "open", "cancelled": "over"}
    ok(await ada.put(f"projects/{ada.project['id']}/workflow", {**OPEN, "transitions": None, "status_map": moves}))
    for task in tasks:
        await is_one("tasks", await task_now(ada, task))
    assert [(await task_now(ada, task))["status_category"] for task in tasks] == ["done", "todo", "todo", "done"]


async def test_tasks_that_went_over_to_another_project_are_logged_as_they_are(ada: Api, is_one: Check) -> None:
    parent = await ada.add_task(**FULL)
    child = await ada.add_task(parent_id=parent["id"])
    web = await ada.open_project(key="WEB")
    moved = ok(await ada.post(f"tasks/{parent['id']}/move", {"to": "last", "project_id": web["id"]}))
    for task in (moved, await task_now(ada, child)):
        await is_one("tasks", task)


async def test_subtasks_that_were_trashed_along_are_logged_as_they_are(ada: Api, is_one: Check, is_one_in_trash: Check) -> None:
    label, parent = await add_label(ada), await ada.add_task(**FULL)
    child = await ada.add_task(parent_id=parent["id"], label_ids=[label["id"]])
    tasks = (parent, child, await ada.add_task(parent_id=child["id"], blocked_by_ids=[parent["id"]]))
    await ada.delete(f"tasks/{parent['id']}")
    for task in tasks:
        await is_one_in_trash("tasks", task)
    ok(await ada.post(f"tasks/{parent['id']}/restore"))
    for task in tasks:
        await is_one("tasks", await task_now(ada, task))
    await ada.delete(f"projects/{ada.project['id']}")
    for task in tasks:
        await is_one_in_trash("tasks", {**task, "version": 3})


async def test_a_task_that_loses_a_label_in_the_trash_is_logged_as_it_is(ada: Api, database: Database, is_one: Check) -> None:
    label = await add_label(ada)
    task = await ada.add_task(label_ids=[label["id"]])
    await ada.delete(f"tasks/{task['id']}")
    await ada.delete(f"labels/{label['id']}")
    trashed = ok(await ada.get(f"tasks/{task['id']}", deleted="true"))
    assert (trashed["label_ids"], trashed["version"]) == ([], 3)
    assert await logged(database, ada, trashed) == trashed
    await is_one("tasks", ok(await ada.post(f"tasks/{task['id']}/restore")))
