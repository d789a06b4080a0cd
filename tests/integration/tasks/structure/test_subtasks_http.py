"""Subtasks: tasks under others of the same project."""

from typing import Any
from uuid import uuid4

from support.harness.api import Api, ok
from support.harness.problems import problem, without_request_id


async def line(api: Api, levels: int) -> list[dict[str, Any]]:
    """Tasks, each under the one before it."""
    tasks = [await api.add_task("Level 1")]
    for level in range(2, levels + 1):
        tasks.append(await api.add_task(f"Level {level}", parent_id=tasks[-1]["id"]))
    return tasks


async def titles(api: Api, **parameters: Any) -> set[str]:
    return {task["title"] for task in ok(await api.get("tasks", **parameters))["items"]}


async def test_a_task_comes_under_another_when_it_is_made_or_later(ada: Api) -> None:
    parent, task = await ada.add_task(), await ada.add_task()
    assert (await ada.add_task(parent_id=parent["id"]))["parent_id"] == parent["id"]
    answer = await ada.patch(f"tasks/{task['key']}", {"parent_id": parent["id"]}, if_match='"1"')
    assert answer.json() == {**task, "parent_id": parent["id"], "version": 2, "updated_at": answer.json()["updated_at"]}
    assert ok(await ada.patch(f"tasks/{task['id']}", {"parent_id": parent["id"]}))["version"] == 2
    assert ok(await ada.patch(f"tasks/{task['id']}", {"parent_id": None}))["parent_id"] is None
    assert ok(await ada.get(f"tasks/{parent['id']}")) == parent, "a parent is not changed by what stands under it"


async def test_a_way_round_is_refused_with_the_way(ada: Api) -> None:
    one, two, three = await line(ada, 3)
    for task, under, path in (
        (one, three, [one, three, two, one]),
        (two, three, [two, three, two]),
        (one, one, [one, one]),
    ):
        for answer in (
            await ada.patch(f"tasks/{task['id']}", {"parent_id": under["id"]}),
            await ada.post(f"tasks/{task['id']}/move", {"to": "last", "parent_id": under["id"]}),
        ):
            assert problem(answer, 409, "cycle")["path"] == [each["id"] for each in path]
        assert ok(await ada.get(f"tasks/{task['id']}")) == task


async def test_tasks_are_nested_five_levels_deep_at_most(ada: Api) -> None:
    tasks = await line(ada, 5)
    body = {"project_id": ada.project["id"], "title": "Level 6", "parent_id": tasks[-1]["id"]}
    problem(await ada.post("tasks", body), 409, "too_deep")
    above = await ada.add_task("Level 0")
    problem(await ada.patch(f"tasks/{tasks[0]['id']}", {"parent_id": above["id"]}), 409, "too_deep")
    problem(await ada.post(f"tasks/{tasks[0]['id']}/move", {"to": "first", "parent_id": above["id"]}), 409, "too_deep")
    assert ok(await ada.patch(f"tasks/{tasks[1]['id']}", {"parent_id": above["id"]}))["version"] == 2


async def test_a_parent_is_a_task_of_the_same_project_that_is_there(ada: Api, elsewhere: Api) -> None:
    task, sibling, trashed = await ada.add_task(), await ada.add_task(), await ada.add_task()
    await ada.delete(f"tasks/{trashed['id']}")
    home = ada.project["id"]
    away = (await ada.open_project(key="WEB"))["id"]
    other, foreign = await ada.add_task(), await elsewhere.add_task()
    for method, path, body, outside in (
        ("PATCH", f"tasks/{task['id']}", {}, other),
        ("POST", "tasks", {"project_id": home, "title": "New"}, other),
        ("POST", f"tasks/{task['id']}/move", {"to": "first"}, other),
        ("POST", f"tasks/{task['id']}/move", {"to": "first", "project_id": away}, sibling),
    ):
        wrong = [str(uuid4()), foreign["id"], trashed["id"], outside["id"]]
        answers = [await ada.send(method, path, {**body, "parent_id": id}) for id in wrong]
        assert problem(answers[0], 422, "unknown_reference")["errors"][0]["pointer"] == "/parent_id"
        assert all(without_request_id(answer) == without_request_id(answers[0]) for answer in answers)
    assert ok(await ada.get("tasks", project_id=home, sort="key"))["items"] == [task, sibling]


async def test_what_is_no_id_is_no_parent(ada: Api) -> None:
    task = await ada.add_task()
    nonsense: tuple[Any, ...] = (f"{task['key']}-", "none", "", 1, [], {})
    for wrong in nonsense:
        problem(await ada.patch(f"tasks/{task['id']}", {"parent_id": wrong}), 422, "validation_failed")


async def test_subtasks_are_found_by_their_parents_and_the_others_by_none(ada: Api) -> None:
    one, two, _ = await line(ada, 3)
    await ada.add_task("Another")
    assert await titles(ada, parent_id=one["id"]) == {"Level 2"}
    assert await titles(ada, parent_id=[one["id"], two["id"]]) == {"Level 2", "Level 3"}
    assert await titles(ada, parent_id="none") == {"Level 1", "Another"}
    assert await titles(ada, parent_id=["none", two["id"]]) == {"Level 1", "Another", "Level 3"}
    assert await titles(ada, parent_id=str(uuid4())) == set()
    problem(await ada.get("tasks", parent_id=ada.project["key"]), 422, "validation_failed")


async def test_an_archived_project_keeps_its_tree(ada: Api) -> None:
    one, two = await line(ada, 2)
    await ada.post(f"projects/{ada.project['id']}/archive")
    problem(await ada.patch(f"tasks/{two['id']}", {"parent_id": None}), 409, "project_archived")
    assert ok(await ada.patch(f"tasks/{two['id']}", {"parent_id": one["id"]})) == two
