"""The workflow of a project, and what it means for its tasks."""

import json
from typing import Any

import pytest

from integration.tasks.structure.conftest import Meet
from support.harness.api import Api, ok
from support.harness.databases import execute
from support.harness.problems import problem

STANDARD = {
    "statuses": [
        {"key": "todo", "name": "To do", "category": "todo"},
        {"key": "in_progress", "name": "In progress", "category": "in_progress"},
        {"key": "done", "name": "Done", "category": "done"},
        {"key": "cancelled", "name": "Cancelled", "category": "cancelled"},
    ],
    "transitions": None,
}


def status(key: str, category: str = "todo", name: str | None = None) -> dict[str, str]:
    return {"key": key, "name": name or key.title(), "category": category}


KANBAN: dict[str, Any] = {
    "statuses": [status("backlog"), status("doing", "in_progress"), status("review", "in_progress"), status("done", "done")],
    "transitions": {"backlog": ["doing"], "doing": ["review", "backlog"], "review": ["done", "doing"]},
}


async def set_workflow(api: Api, workflow: dict[str, Any] = KANBAN, **more: Any) -> dict[str, Any]:
    project: dict[str, Any] = ok(await api.put(workflow_of(api), {**workflow, **more}))
    return project


def workflow_of(api: Api) -> str:
    return f"projects/{api.project['id']}/workflow"


async def project_of(api: Api) -> Any:
    return ok(await api.get(f"projects/{api.project['id']}"))


async def test_a_new_project_has_the_four_statuses_and_any_may_follow_any(ada: Api) -> None:
    assert ada.project["workflow"] == STANDARD
    task = await ada.add_task()
    for key in ("done", "todo", "cancelled", "in_progress"):
        assert ok(await ada.patch(f"tasks/{task['id']}", {"status": key}))["status_category"] == key


async def test_a_workflow_is_replaced_as_a_whole(ada: Api) -> None:
    answer = await ada.put(workflow_of(ada), KANBAN, if_match='"1"')
    project = answer.json()
    assert (answer.status_code, answer.headers["etag"], project["version"]) == (200, '"2"', 2)
    assert project == {**ada.project, "workflow": KANBAN, "version": 2, "updated_at": project["updated_at"]}
    assert await project_of(ada) == project
    assert await set_workflow(ada) == project, "the same again changes nothing"
    assert ok(await ada.get("projects"))["items"] == [project]


async def test_a_task_begins_at_the_first_status_unless_it_names_another(ada: Api) -> None:
    await set_workflow(ada)
    task = await ada.add_task()
    assert (task["status"], task["status_category"]) == ("backlog", "todo")
    task = await ada.add_task(status="done")
    assert (task["status_category"], task["closed_at"]) == ("done", task["created_at"])


async def test_a_status_of_another_workflow_is_no_status(ada: Api) -> None:
    task = await ada.add_task()
    await set_workflow(ada, status_map={"todo": "backlog"})
    for answer in (
        await ada.post("tasks", {"project_id": ada.project["id"], "title": "New", "status": "todo"}),
        await ada.patch(f"tasks/{task['id']}", {"status": "todo"}),
        await ada.post(f"tasks/{task['id']}/move", {"to": "last", "status": "todo"}),
    ):
        assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/status"


async def test_a_task_goes_only_where_the_workflow_lets_it(ada: Api) -> None:
    await set_workflow(ada)
    task = await ada.add_task()
    path = f"tasks/{task['id']}"
    for answer in (
        await ada.patch(path, {"status": "done", "title": "Forced"}),
        await ada.post(f"{path}/move", {"to": "first", "status": "review"}),
    ):
        assert problem(answer, 409, "illegal_transition")["allowed"] == ["doing"]
    assert ok(await ada.get(path)) == task
    assert ok(await ada.patch(path, {"status": "backlog"})) == task, "to stay is no transition"
    for key in ("doing", "review", "done"):
        task = ok(await ada.patch(path, {"status": key}))
    assert task["closed_at"] == task["updated_at"]
    assert problem(await ada.patch(path, {"status": "backlog"}), 409, "illegal_transition")["allowed"] == []


async def test_closing_follows_the_category(ada: Api) -> None:
    workflow = {"statuses": [status("open"), status("fixed", "done"), status("wontfix", "cancelled")], "transitions": None}
    await set_workflow(ada, workflow)
    task = await ada.add_task()
    fixed = ok(await ada.patch(f"tasks/{task['id']}", {"status": "fixed"}))
    assert fixed["closed_at"] == fixed["updated_at"]
    other = ok(await ada.patch(f"tasks/{task['id']}", {"status": "wontfix"}))
    assert (other["status_category"], other["closed_at"]) == ("cancelled", fixed["closed_at"])
    assert ok(await ada.patch(f"tasks/{task['id']}", {"status": "open"}))["closed_at"] is None


async def test_a_status_in_use_goes_only_with_a_place_for_its_tasks(ada: Api) -> None:
    task, trashed = await ada.add_task(), await ada.add_task(status="cancelled")
    await ada.delete(f"tasks/{trashed['id']}")
    assert problem(await ada.put(workflow_of(ada), KANBAN), 409, "status_in_use")["statuses"] == ["todo", "cancelled"]
    answer = await ada.put(workflow_of(ada), {**KANBAN, "status_map": {"todo": "backlog"}})
    assert problem(answer, 409, "status_in_use")["statuses"] == ["cancelled"]
    assert await project_of(ada) == ada.project
    assert ok(await ada.get(f"tasks/{task['id']}")) == task
    assert (await set_workflow(ada, status_map={"todo": "doing", "cancelled": "done"}))["workflow"] == KANBAN


async def test_the_tasks_of_a_status_that_goes_are_moved_each_with_a_version_and_an_event(ada: Api) -> None:
    task, closed, untouched = await ada.add_task(), await ada.add_task(status="cancelled"), await ada.add_task(status="done")
    await set_workflow(ada, status_map={"todo": "doing", "cancelled": "backlog", "in_progress": "done"})
    moved = ok(await ada.get(f"tasks/{task['id']}"))
    assert moved == {
        **task,
        "status": "doing",
        "status_category": "in_progress",
        "version": 2,
        "updated_at": moved["updated_at"],
    }
    reopened = ok(await ada.get(f"tasks/{closed['id']}"))
    assert (reopened["status"], reopened["closed_at"], reopened["version"]) == ("backlog", None, 2)
    assert ok(await ada.get(f"tasks/{untouched['id']}")) == untouched
    latest = ok(await ada.get(f"tasks/{closed['id']}/history"))["items"][0]
    assert latest["changes"] == {
        "status": ["cancelled", "backlog"],
        "status_category": ["cancelled", "todo"],
        "closed_at": [closed["closed_at"], None],
    }


async def test_a_repeated_request_finds_its_work_done(ada: Api) -> None:
    await ada.add_task()
    once = await set_workflow(ada, status_map={"todo": "backlog"})
    assert await set_workflow(ada, status_map={"todo": "backlog"}) == once


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"statuses": []}, "/statuses"),
        ({"statuses": None}, "/statuses"),
        ({"statuses": [status(f"s{n}") for n in range(51)]}, "/statuses"),
        ({"statuses": [status("a"), status("b"), status("a")]}, "/statuses/2/key"),
        ({"statuses": [status("a", name="Open"), status("b", name="OPEN\u200d")], "transitions": None}, "/statuses/1/name"),
        ({"statuses": [status("done", "done"), status("open")], "transitions": None}, "/statuses/0/category"),
        ({"statuses": [status("cancelled", "cancelled"), status("open")], "transitions": None}, "/statuses/0/category"),
        ({"statuses": [status("Done")]}, "/statuses/0/key"),
        ({"statuses": [status("x" * 65)]}, "/statuses/0/key"),
        ({"statuses": [status("a", "later")]}, "/statuses/0/category"),
        ({"statuses": [{**status("a"), "name": " "}]}, "/statuses/0/name"),
        ({"statuses": [{**status("a"), "color": "#000000"}]}, "/statuses/0/color"),
        ({"statuses": [{"key": "a", "category": "todo"}]}, "/statuses/0/name"),
        ({"statuses": [status("todo", "done")], "transitions": None}, "/statuses/0/category"),
        ({"transitions": {"nowhere": ["done"]}}, "/transitions/nowhere"),
        ({"transitions": {"backlog": ["doing", "nowhere"]}}, "/transitions/backlog/1"),
        ({"transitions": {"backlog": None}}, "/transitions/backlog"),
        ({"transitions": []}, "/transitions"),
        ({"status_map": None}, "/status_map"),
        ({"status_map": {"todo": "nowhere"}}, "/status_map/todo"),
        ({"status_map": {"done": "backlog"}}, "/status_map/done"),
        ({"status_map": {"todo": None}}, "/status_map/todo"),
        ({"workflow": {}}, "/workflow"),
    ],
    ids=str,
)
async def test_a_workflow_that_makes_no_sense_is_refused_where_it_does_not(ada: Api, body: dict[str, Any], pointer: str) -> None:
    answer = await ada.put(workflow_of(ada), {**KANBAN, **body})
    assert pointer in {fault["pointer"] for fault in problem(answer, 422, "validation_failed")["errors"]}
    assert await project_of(ada) == ada.project


@pytest.mark.parametrize("missing", ["statuses", "transitions"])
async def test_a_workflow_is_whole_or_refused(ada: Api, missing: str) -> None:
    answer = await ada.put(workflow_of(ada), {name: value for name, value in KANBAN.items() if name != missing})
    assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == f"/{missing}"


async def test_a_workflow_has_a_path_of_its_own(ada: Api) -> None:
    problem(await ada.patch(f"projects/{ada.project['id']}", {"workflow": KANBAN}), 422, "validation_failed")
    problem(await ada.post("projects", {"key": "NEW", "name": "New", "workflow": KANBAN}), 422, "validation_failed")
    problem(await ada.get(workflow_of(ada)), 405, "method_not_allowed")


async def test_a_stale_version_of_the_project_is_refused(ada: Api) -> None:
    problem(await ada.put(workflow_of(ada), KANBAN, if_match='"2"'), 412, "stale_version")
    assert await project_of(ada) == ada.project


async def test_members_change_workflows_and_viewers_do_not(ada: Api, meet: Meet) -> None:
    problem(await (await meet("viewer")).put(workflow_of(ada), KANBAN), 403, "not_allowed")
    assert (await set_workflow(await meet("member")))["version"] == 2


async def test_the_workflow_of_an_archived_project_changes_as_long_as_no_task_does(ada: Api) -> None:
    await ada.add_task()
    ok(await ada.post(f"projects/{ada.project['id']}/archive"))
    answer = await ada.put(workflow_of(ada), {**KANBAN, "status_map": {"todo": "backlog"}})
    problem(answer, 409, "project_archived")
    longer = {**STANDARD, "statuses": [*STANDARD["statuses"], status("more")]}  # type: ignore[misc]  # A body of mixed values.
    assert (await set_workflow(ada, longer))["version"] == 3


async def test_the_workflow_of_a_project_in_the_trash_is_not_there(ada: Api) -> None:
    await ada.delete(f"projects/{ada.project['id']}")
    problem(await ada.put(workflow_of(ada), KANBAN), 404, "not_found")


async def test_a_retry_shows_the_workflow_in_the_very_bytes_of_the_first_answer(ada: Api) -> None:
    workflow = {
        "statuses": [status(key) for key in ("zz", "a", "bbb", "b")],
        "transitions": {"zz": [], "bbb": ["a"], "b": [], "a": []},
    }
    first = await ada.put(workflow_of(ada), workflow, idempotency_key="k")
    again = await ada.put(workflow_of(ada), workflow, idempotency_key="k")
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    assert (await ada.get(f"projects/{ada.project['id']}")).content == first.content


async def test_a_workflow_of_former_times_goes_on_as_it_is(ada: Api, database_url: str) -> None:
    """Two statuses of one name, and new tasks closed from the start: nobody could put that any more."""
    former = {"statuses": [status("done", "done", "Same"), status("todo", name="Same")], "transitions": None}
    place = f"workspace_id = '{ada.workspace['id']}' AND id = '{ada.project['id']}'"
    await execute(database_url, f"UPDATE projects SET workflow = '{json.dumps(former)}' WHERE {place}")
    assert (await project_of(ada))["workflow"] == former
    assert (await ada.add_task())["status"] == "done"
    assert ok(await ada.patch(f"projects/{ada.project['id']}", {"name": "Renamed"}))["workflow"] == former
    problem(await ada.put(workflow_of(ada), former), 422, "validation_failed")
