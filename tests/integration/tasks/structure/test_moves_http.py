"""The order of a project's tasks."""

from typing import Any
from uuid import uuid4

import pytest

from integration.tasks.reads.test_lists_over_http import walk
from support.harness.api import Api, ok
from support.harness.problems import problem, without_request_id

NOWHERE = "019a9f49-95cb-770d-b4b9-06d837e5b03a"


async def tasks_named(api: Api, names: str) -> dict[str, dict[str, Any]]:
    return {name: await api.add_task(name) for name in names}


async def order(api: Api, **parameters: Any) -> str:
    listed = ok(await api.get("tasks", **{"sort": "rank", "project_id": api.project["id"], **parameters}))
    return "".join(task["title"] for task in listed["items"])


async def test_a_new_task_is_the_last(ada: Api) -> None:
    await tasks_named(ada, "abc")
    assert await order(ada) == "abc"
    assert await order(ada, sort="-rank") == "cba"


@pytest.mark.parametrize(
    ("moved", "place", "after"),
    [
        ("d", {"before": "a"}, "dabce"),
        ("d", {"before": "b"}, "adbce"),
        ("a", {"after": "e"}, "bcdea"),
        ("a", {"after": "c"}, "bcade"),
        ("c", {"to": "first"}, "cabde"),
        ("c", {"to": "last"}, "abdec"),
    ],
    ids=str,
)
async def test_a_task_moves_and_no_other_changes(ada: Api, moved: str, place: dict[str, str], after: str) -> None:
    tasks = await tasks_named(ada, "abcde")
    place = {where: tasks[of]["id"] if of in tasks else of for where, of in place.items()}
    task = tasks[moved]
    answer = await ada.post(f"tasks/{task['key']}/move", place, if_match='"1"')
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.headers["content-location"] == ada.at(f"tasks/{task['id']}")
    assert answer.json() == {**task, "version": 2, "updated_at": answer.json()["updated_at"]}
    assert await order(ada) == after
    for name, other in tasks.items():
        assert name == moved or ok(await ada.get(f"tasks/{other['id']}")) == other


@pytest.mark.parametrize(
    ("moved", "place"), [("a", {"to": "first"}), ("c", {"to": "last"}), ("b", {"before": "c"}), ("b", {"after": "a"})], ids=str
)
async def test_a_task_that_stands_there_already_is_not_moved(ada: Api, moved: str, place: dict[str, str]) -> None:
    tasks = await tasks_named(ada, "abc")
    place = {where: tasks[of]["id"] if of in tasks else of for where, of in place.items()}
    assert ok(await ada.post(f"tasks/{tasks[moved]['id']}/move", place)) == tasks[moved]
    assert len(ok(await ada.get(f"tasks/{tasks[moved]['id']}/history"))["items"]) == 1


async def test_a_move_may_change_status_and_parent_at_once(ada: Api) -> None:
    tasks = await tasks_named(ada, "abc")
    body = {"to": "first", "status": "done", "parent_id": tasks["a"]["id"]}
    moved = ok(await ada.post(f"tasks/{tasks['c']['id']}/move", body))
    assert (moved["status"], moved["parent_id"], moved["version"]) == ("done", tasks["a"]["id"], 2)
    assert moved["closed_at"] == moved["updated_at"]
    assert await order(ada) == "cab"
    again = ok(await ada.post(f"tasks/{tasks['c']['id']}/move", {"to": "first", "status": "todo", "parent_id": None}))
    assert (again["status"], again["parent_id"], again["version"]) == ("todo", None, 3)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": "done"},
        {"to": "first", "before": NOWHERE},
        {"before": NOWHERE, "after": NOWHERE},
        {"to": "middle"},
        {"to": None},
        {"before": None},
        {"after": "OPS-1"},
        {"before": 1},
        {"to": "first", "status": None},
        {"to": "first", "project_id": None},
        {"to": "first", "parent_id": "none"},
        {"to": "first", "title": "Other"},
        {"to": "first", "rank": "a0"},
    ],
    ids=str,
)
async def test_what_is_no_place_is_refused(ada: Api, body: dict[str, Any]) -> None:
    task = await ada.add_task()
    problem(await ada.post(f"tasks/{task['id']}/move", body), 422, "validation_failed")
    assert ok(await ada.get(f"tasks/{task['id']}")) == task


async def test_a_task_does_not_stand_beside_itself(ada: Api) -> None:
    task = await ada.add_task()
    for side in ("before", "after"):
        answer = await ada.post(f"tasks/{task['id']}/move", {side: task["id"]})
        assert problem(answer, 422, "validation_failed")["errors"][0]["pointer"] == f"/{side}"


async def test_what_a_task_stands_beside_is_a_task_of_the_project_that_is_there(ada: Api, elsewhere: Api) -> None:
    task, trashed = await ada.add_task(), await ada.add_task()
    await ada.delete(f"tasks/{trashed['id']}")
    await ada.open_project(key="WEB")
    other, foreign = await ada.add_task(), await elsewhere.add_task()
    for side in ("before", "after"):
        wrong = [str(uuid4()), foreign["id"], trashed["id"], other["id"]]
        answers = [await ada.post(f"tasks/{task['id']}/move", {side: id}) for id in wrong]
        assert problem(answers[0], 422, "unknown_reference")["errors"][0]["pointer"] == f"/{side}"
        assert all(without_request_id(answer) == without_request_id(answers[0]) for answer in answers)
    answers = [
        await ada.post(f"tasks/{task['id']}/move", {"to": "last", "project_id": id})
        for id in (elsewhere.project["id"], str(uuid4()))
    ]
    assert problem(answers[0], 422, "unknown_reference")["errors"][0]["pointer"] == "/project_id"
    assert without_request_id(answers[0]) == without_request_id(answers[1])
    assert ok(await ada.get(f"tasks/{task['id']}")) == task


async def test_a_stale_move_is_refused_and_moves_nothing(ada: Api) -> None:
    tasks = await tasks_named(ada, "ab")
    problem(await ada.post(f"tasks/{tasks['b']['id']}/move", {"to": "first"}, if_match='"2"'), 412, "stale_version")
    assert await order(ada) == "ab"


async def test_nothing_moves_in_into_or_out_of_an_archived_project(ada: Api) -> None:
    tasks = await tasks_named(ada, "ab")
    archived = ada.project["id"]
    ok(await ada.post(f"projects/{archived}/archive"))
    open_project = (await ada.open_project(key="WEB"))["id"]
    other = await ada.add_task()
    for task, body in (
        (tasks["b"], {"to": "first"}),
        (tasks["b"], {"to": "first", "project_id": open_project}),
        (other, {"to": "first", "project_id": archived}),
    ):
        problem(await ada.post(f"tasks/{task['id']}/move", body), 409, "project_archived")
    assert ok(await ada.post(f"tasks/{tasks['a']['id']}/move", {"to": "first"})) == tasks["a"], "nothing would change"


async def test_the_order_goes_on_over_pages(ada: Api) -> None:
    tasks = await tasks_named(ada, "abcdefg")
    for name in "gec":
        ok(await ada.post(f"tasks/{tasks[name]['id']}/move", {"to": "first"}))
    for parameters in ({"sort": "rank"}, {"sort": "rank", "project_id": ada.project["id"]}):
        walked = await walk(ada, "tasks", limit=2, **parameters)
        assert "".join(task["title"] for task in walked) == "cegabdf"
    walked = await walk(ada, "tasks", limit=3, sort="-rank", status="todo")
    assert "".join(task["title"] for task in walked) == "fdbagec"


async def test_several_projects_are_sorted_one_after_the_other(ada: Api) -> None:
    await tasks_named(ada, "xyz")
    await ada.open_project(key="AAA")
    tasks = await tasks_named(ada, "abc")
    ok(await ada.post(f"tasks/{tasks['c']['id']}/move", {"to": "first"}))
    walked = await walk(ada, "tasks", limit=2, sort="rank")
    assert "".join(task["title"] for task in walked) == "cabxyz"


async def test_a_task_keeps_its_place_in_the_trash(ada: Api) -> None:
    tasks = await tasks_named(ada, "abc")
    await ada.delete(f"tasks/{tasks['b']['id']}")
    assert await order(ada) == "ac"
    assert await order(ada, deleted="true") == "b"
    ok(await ada.post(f"tasks/{tasks['b']['id']}/restore"))
    assert await order(ada) == "abc"
