"""Tasks that go over to another project: with new numbers, with all below them, and still found under their old keys."""

from typing import Any

import pytest

from support.harness.api import Api, ok
from support.harness.problems import problem

NARROW = {
    "statuses": [{"key": "open", "name": "Open", "category": "todo"}, {"key": "done", "name": "Done", "category": "done"}],
    "transitions": {},
}


@pytest.fixture
async def web(ada: Api) -> dict[str, Any]:
    """Another project; ada goes on in the first."""
    home = ada.project
    web = await ada.open_project(key="WEB")
    ada.project = home
    return web


async def order(api: Api, project: dict[str, Any]) -> list[str]:
    listed = ok(await api.get("tasks", sort="rank", project_id=project["id"]))["items"]
    return [task["key"] for task in listed]


async def move(api: Api, task: dict[str, Any], **body: Any) -> dict[str, Any]:
    moved: dict[str, Any] = ok(await api.post(f"tasks/{task['id']}/move", {"to": "last", **body}))
    return moved


async def test_a_task_gets_the_next_number_of_the_other_project(ada: Api, web: dict[str, Any]) -> None:
    await ada.add_task(project_id=web["id"])
    task = await ada.add_task(priority="high", assignee_ids=[ada.user["id"]], due={"date": "2026-03-01"})
    moved = await move(ada, task, project_id=web["id"])
    assert moved == {
        **task,
        "project_id": web["id"],
        "number": 2,
        "key": "WEB-2",
        "version": 2,
        "updated_at": moved["updated_at"],
    }
    assert ok(await ada.get(f"projects/{web['id']}")) == web
    assert ok(await ada.get("projects/" + ada.project["id"])) == ada.project


async def test_no_key_is_ever_given_twice(ada: Api, web: dict[str, Any]) -> None:
    task = await ada.add_task()
    await move(ada, task, project_id=web["id"])
    assert (await ada.add_task())["key"] == "OPS-2"
    assert (await move(ada, task, project_id=ada.project["id"]))["key"] == "OPS-3"
    assert (await move(ada, task, project_id=web["id"]))["key"] == "WEB-2"
    for key in ("OPS-1", "WEB-1", "OPS-3", "WEB-2"):
        answer = await ada.get(f"tasks/{key}")
        assert (answer.json()["id"], answer.json()["key"]) == (task["id"], "WEB-2")
        assert answer.headers["content-location"] == ada.at(f"tasks/{task['id']}")


async def test_an_old_key_answers_in_every_path(ada: Api, web: dict[str, Any]) -> None:
    label = ok(await ada.post("labels", {"name": "Bug"}))
    task, other = await ada.add_task(), await ada.add_task()
    await move(ada, task, project_id=web["id"])
    comment = ok(await ada.post("tasks/OPS-1/comments", {"body": "Still here?"}))
    for method, path, body in (
        ("PATCH", "", {"title": "Other"}),
        ("PUT", f"/labels/{label['id']}", None),
        ("DELETE", f"/labels/{label['id']}", None),
        ("PUT", f"/assignees/{ada.user['id']}", None),
        ("DELETE", f"/assignees/{ada.user['id']}", None),
        ("PUT", f"/blockers/{other['key']}", None),
        ("DELETE", f"/blockers/{other['key']}", None),
        ("POST", "/move", {"to": "first"}),
        ("POST", "/restore", None),
    ):
        answer = await ada.send(method, f"tasks/OPS-1{path}", body)
        assert ok(answer)["id"] == task["id"]
        assert answer.headers["content-location"] == ada.at(f"tasks/{task['id']}")
    for path in ("comments", f"comments/{comment['id']}", "history"):
        assert ok(await ada.get(f"tasks/OPS-1/{path}")) == ok(await ada.get(f"tasks/{task['id']}/{path}"))
    assert ok(await ada.put(f"tasks/{other['id']}/blockers/OPS-1"))["blocked_by_ids"] == [task["id"]]
    assert ok(await ada.delete(f"tasks/{other['id']}/blockers/OPS-1"))["blocked_by_ids"] == []
    assert (await ada.delete("tasks/OPS-1")).status_code == 204
    problem(await ada.get("tasks/OPS-1"), 404, "not_found")
    assert ok(await ada.get("tasks/OPS-1", deleted="true"))["id"] == task["id"]


async def test_subtasks_go_along_in_their_order(ada: Api, web: dict[str, Any]) -> None:
    first = await ada.add_task(project_id=web["id"])
    parent = await ada.add_task("parent")
    late = await ada.add_task("late", parent_id=parent["id"])
    early = await ada.add_task("early", parent_id=parent["id"])
    below = await ada.add_task("below", parent_id=early["id"])
    ok(await ada.post(f"tasks/{early['id']}/move", {"to": "first"}))
    moved = ok(await ada.post(f"tasks/{parent['id']}/move", {"before": first["id"], "project_id": web["id"]}))
    assert (moved["key"], moved["version"]) == ("WEB-2", 2)
    after = {task["title"]: ok(await ada.get(f"tasks/{task['id']}")) for task in (late, early, below)}
    assert {title: (task["key"], task["version"]) for title, task in after.items()} == {
        "early": ("WEB-3", 3),
        "late": ("WEB-4", 2),
        "below": ("WEB-5", 2),
    }
    assert (after["below"]["parent_id"], after["early"]["parent_id"]) == (early["id"], parent["id"])
    assert await order(ada, web) == ["WEB-2", "WEB-3", "WEB-4", "WEB-5", "WEB-1"]
    assert await order(ada, ada.project) == []
    for task in (late, early, below):
        assert ok(await ada.get(f"tasks/{task['key']}"))["id"] == task["id"]


async def test_subtasks_in_the_trash_go_along_and_come_back_there(ada: Api, web: dict[str, Any]) -> None:
    parent = await ada.add_task()
    child = await ada.add_task(parent_id=parent["id"])
    await ada.delete(f"tasks/{child['id']}")
    await move(ada, parent, project_id=web["id"])
    back = ok(await ada.post(f"tasks/{child['id']}/restore"))
    assert (back["project_id"], back["parent_id"], back["key"], back["version"]) == (web["id"], parent["id"], "WEB-2", 4)


async def test_a_subtask_leaves_its_parent_behind_or_finds_another(ada: Api, web: dict[str, Any]) -> None:
    parent, there = await ada.add_task(), await ada.add_task(project_id=web["id"])
    one, two = await ada.add_task(parent_id=parent["id"]), await ada.add_task(parent_id=parent["id"])
    assert (await move(ada, one, project_id=web["id"]))["parent_id"] is None
    assert (await move(ada, two, project_id=web["id"], parent_id=there["id"]))["parent_id"] == there["id"]


async def test_a_status_that_is_unknown_there_needs_another(ada: Api, web: dict[str, Any]) -> None:
    ok(await ada.put(f"projects/{web['id']}/workflow", NARROW))
    parent = await ada.add_task(status="done")
    child = await ada.add_task(parent_id=parent["id"], status="in_progress")
    answer = await ada.post(f"tasks/{parent['id']}/move", {"to": "last", "project_id": web["id"]})
    assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == "/status"
    assert ok(await ada.get(f"tasks/{parent['id']}")) == parent
    moved = await move(ada, parent, project_id=web["id"], status="open")
    assert (moved["status"], moved["status_category"], moved["closed_at"]) == ("open", "todo", None)
    assert ok(await ada.get(f"tasks/{child['id']}"))["status"] == "open"


async def test_subtasks_keep_a_status_that_is_known_there(ada: Api, web: dict[str, Any]) -> None:
    ok(await ada.put(f"projects/{web['id']}/workflow", NARROW))
    parent = await ada.add_task()
    child = await ada.add_task(parent_id=parent["id"], status="done")
    await move(ada, parent, project_id=web["id"], status="open")
    after = ok(await ada.get(f"tasks/{child['id']}"))
    assert (after["status"], after["closed_at"]) == ("done", child["closed_at"])


async def test_labels_blockers_comments_and_history_stay_with_the_task(ada: Api, web: dict[str, Any]) -> None:
    label, blocker = ok(await ada.post("labels", {"name": "Bug"})), await ada.add_task()
    task = await ada.add_task(label_ids=[label["id"]], blocked_by_ids=[blocker["id"]])
    comment = ok(await ada.post(f"tasks/{task['id']}/comments", {"body": "Where to?"}))
    moved = await move(ada, task, project_id=web["id"])
    assert (moved["label_ids"], moved["blocked_by_ids"]) == ([label["id"]], [blocker["id"]])
    assert ok(await ada.get(f"tasks/{moved['key']}/comments"))["items"] == [comment]
    latest = ok(await ada.get(f"tasks/{moved['key']}/history"))["items"][0]
    assert (latest["type"], latest["changes"]) == (
        "task.moved",
        {"project_id": [ada.project["id"], web["id"]], "number": [2, 1], "key": ["OPS-2", "WEB-1"]},
    )


async def test_a_project_that_is_archived_or_gone_takes_nobody(ada: Api, web: dict[str, Any]) -> None:
    task = await ada.add_task()
    path, body = f"tasks/{task['id']}/move", {"to": "last", "project_id": web["id"]}
    ok(await ada.post(f"projects/{web['id']}/archive"))
    problem(await ada.post(path, body), 409, "project_archived")
    await ada.delete(f"projects/{web['id']}")
    problem(await ada.post(path, body), 422, "unknown_reference")
    assert ok(await ada.get(f"tasks/{task['id']}")) == task


async def test_the_project_that_it_is_in_is_no_other_project(ada: Api) -> None:
    one, two = await ada.add_task(), await ada.add_task()
    moved = ok(await ada.post(f"tasks/{two['id']}/move", {"to": "first", "project_id": ada.project["id"]}))
    assert (moved["key"], moved["version"]) == ("OPS-2", 2)
    assert await order(ada, ada.project) == ["OPS-2", "OPS-1"]
    assert await move(ada, one, project_id=ada.project["id"]) == one
