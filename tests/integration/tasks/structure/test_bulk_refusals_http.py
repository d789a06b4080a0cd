"""Batches that are refused: nothing is done, and the problem points at the item."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from integration.conftest import make_container
from integration.tasks.structure.test_bulk_http import CREATE, UPDATE, bulk, everything, item, pointers
from support.harness.api import Api, ok
from support.harness.problems import problem, without_request_id
from taskhub.app import TaskHub

NOWHERE = "019a9f49-95cb-770d-b4b9-06d837e5b03a"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"title": " "}, "/items/1/title"),
        ({"title": None}, "/items/1/title"),
        ({"surprise": 1}, "/items/1/surprise"),
        ({"number": 7}, "/items/1/number"),
        ({"due": {"date": "tomorrow"}}, "/items/1/due/date"),
        ({"id": "7"}, "/items/1/id"),
        ({"status": "nowhere"}, "/items/1/status"),
        ({"label_ids": None}, "/items/1/label_ids"),
    ],
    ids=str,
)
async def test_what_is_wrong_with_a_new_one_points_at_it_and_none_is_made(ada: Api, wrong: dict[str, Any], pointer: str) -> None:
    answer = await ada.post(CREATE, {"items": [item(ada), item(ada, **wrong), item(ada)]})
    assert pointers(answer) == [pointer]
    assert await everything(ada) == []
    assert (await ada.add_task())["number"] == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"patch": {"title": None}}, "/items/1/patch/title"),
        ({"patch": {"surprise": 1}}, "/items/1/patch/surprise"),
        ({"patch": {"project_id": NOWHERE}}, "/items/1/patch/project_id"),
        ({"patch": None}, "/items/1/patch"),
        ({"patch": {"status": "nowhere"}}, "/items/1/patch/status"),
        ({"version": 0}, "/items/1/version"),
        ({"version": None}, "/items/1/version"),
        ({"version": "1"}, "/items/1/version"),
        ({"version": True}, "/items/1/version"),
        ({"id": "OPS_2"}, "/items/1/id"),
        ({"title": "Not in the patch"}, "/items/1/title"),
    ],
    ids=str,
)
async def test_what_is_wrong_with_a_change_points_at_it_and_nothing_changes(
    ada: Api, wrong: dict[str, Any], pointer: str
) -> None:
    tasks = await bulk(ada, CREATE, item(ada), item(ada), item(ada))
    items: list[dict[str, Any]] = [{"id": task["id"], "patch": {"title": "Changed"}} for task in tasks]
    assert pointers(await ada.post(UPDATE, {"items": [items[0], items[1] | wrong, items[2]]})) == [pointer]
    assert await everything(ada) == tasks


@pytest.mark.parametrize("path", [CREATE, UPDATE])
@pytest.mark.parametrize(
    "body", [{}, {"items": []}, {"items": None}, {"items": {}}, {"items": [None]}, {"items": [[]]}, []], ids=str
)
async def test_what_is_no_batch_is_refused(ada: Api, path: str, body: Any) -> None:
    problem(await ada.post(path, body), 422, "validation_failed")


async def test_no_task_is_named_twice(ada: Api) -> None:
    task, id = await ada.add_task(), str(uuid4())
    assert pointers(await ada.post(CREATE, {"items": [item(ada, id=id), item(ada, id=id)]})) == ["/items/1/id"]
    twice = [{"id": task["id"], "patch": {"title": "1"}}, {"id": task["id"].upper(), "patch": {"title": "2"}}]
    assert pointers(await ada.post(UPDATE, {"items": twice})) == ["/items/1/id"]
    assert await everything(ada) == [task]


async def test_an_id_that_was_used_for_anything_is_taken(ada: Api) -> None:
    task, label = await ada.add_task(), ok(await ada.post("labels", {"name": "Bug"}))
    for id in (task["id"], label["id"], ada.project["id"]):
        answer = await ada.post(CREATE, {"items": [item(ada), item(ada, id=id)]})
        assert pointers(answer, "id_taken", 409) == ["/items/1"]
    assert await everything(ada) == [task]


async def test_what_is_not_there_points_at_the_item_and_a_foreign_one_looks_the_same(ada: Api, elsewhere: Api) -> None:
    task, foreign, missing = await ada.add_task(), await elsewhere.add_task(), str(uuid4())
    label = ok(await elsewhere.post("labels", {"name": "Theirs"}))
    foreigners: tuple[tuple[str, Any], ...] = (
        ("project_id", elsewhere.project["id"]),
        ("parent_id", foreign["id"]),
        ("label_ids", [label["id"]]),
        ("blocked_by_ids", [foreign["id"]]),
        ("assignee_ids", [elsewhere.user["id"]]),
    )
    for name, theirs in foreigners:
        nobodys: Any = [missing] if isinstance(theirs, list) else missing
        end = f"{name}/0" if isinstance(theirs, list) else name
        made_items = [await ada.post(CREATE, {"items": [item(ada), item(ada, **{name: id})]}) for id in (theirs, nobodys)]
        assert pointers(made_items[0], "unknown_reference") == [f"/items/1/{end}"]
        assert without_request_id(made_items[0]) == without_request_id(made_items[1])
        if name != "project_id":
            changed = [await ada.post(UPDATE, {"items": [{"id": task["id"], "patch": {name: id}}]}) for id in (theirs, nobodys)]
            assert pointers(changed[0], "unknown_reference") == [f"/items/0/patch/{end}"]
            assert without_request_id(changed[0]) == without_request_id(changed[1])
    trashed = await ada.add_task()
    await ada.delete(f"tasks/{trashed['id']}")
    answers = [await ada.post(UPDATE, {"items": [{"id": id, "patch": {}}]}) for id in (foreign["id"], missing, trashed["id"])]
    assert pointers(answers[0], "unknown_reference") == ["/items/0/id"]
    assert all(without_request_id(answer) == without_request_id(answers[0]) for answer in answers)
    assert await everything(ada) == [task]


async def test_a_version_in_an_item_is_what_if_match_is_to_a_patch(ada: Api) -> None:
    one, two = await bulk(ada, CREATE, item(ada), item(ada))
    ok(await ada.patch(f"tasks/{two['id']}", {"title": "Newer"}))
    body = {"items": [{"id": each["id"], "version": 1, "patch": {"title": "Changed"}} for each in (one, two)]}
    answer = await ada.post(UPDATE, body)
    assert pointers(answer, "stale_version", 412) == ["/items/1"]
    assert (answer.json()["current_version"], answer.headers["etag"]) == (2, '"2"')
    assert ok(await ada.get(f"tasks/{one['id']}")) == one


async def test_a_stale_version_is_told_before_any_rule(ada: Api) -> None:
    one, two = await bulk(ada, CREATE, item(ada), item(ada))
    broken = {"id": one["id"], "patch": {"parent_id": one["id"]}}
    answer = await ada.post(UPDATE, {"items": [broken, {"id": two["id"], "version": 2, "patch": {}}]})
    assert pointers(answer, "stale_version", 412) == ["/items/1"]


async def test_the_rules_of_single_changes_hold_and_point_at_the_item(ada: Api) -> None:
    one, two = await bulk(ada, CREATE, item(ada), item(ada))
    transitions = {"todo": ["done"]}
    ok(await ada.put(f"projects/{ada.project['id']}/workflow", {**ada.project["workflow"], "transitions": transitions}))
    for patch, code in (
        ({"status": "cancelled"}, "illegal_transition"),
        ({"parent_id": two["id"]}, "cycle"),
        ({"blocked_by_ids": [two["id"]]}, "cycle"),
    ):
        answer = await ada.post(
            UPDATE, {"items": [{"id": two["id"], "patch": {"title": "x"}}, {"id": two["id"], "patch": patch}]}
        )
        assert pointers(answer) == ["/items/1/id"]
        answer = await ada.post(
            UPDATE, {"items": [{"id": one["id"], "patch": {"title": "x"}}, {"id": two["id"], "patch": patch}]}
        )
        assert pointers(answer, code, 409) == ["/items/1/patch"]
    assert await everything(ada) == [one, two]


async def test_a_way_round_through_several_items_is_refused(ada: Api) -> None:
    one, two, three = await bulk(ada, CREATE, item(ada), item(ada), item(ada))
    ring = ((one, two), (two, three), (three, one))
    for name in ("parent_id", "blocked_by_ids"):
        values: list[Any] = [ahead["id"] if name == "parent_id" else [ahead["id"]] for _, ahead in ring]
        items = [{"id": task["id"], "patch": {name: value}} for (task, _), value in zip(ring, values, strict=True)]
        answer = await ada.post(UPDATE, {"items": items})
        assert problem(answer, 409, "cycle")["path"] == [three["id"], one["id"], two["id"], three["id"]]
        assert pointers(answer, "cycle", 409) == ["/items/2/patch"]
    assert await everything(ada) == [one, two, three]


@pytest.fixture(scope="module")
async def strict(database_url: str) -> AsyncIterator[Api]:
    """Somebody with a project, on a service that takes no change without a version."""
    app = TaskHub(make_container(database_url, require_if_match=True))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api


async def test_where_a_version_is_required_each_change_has_one(strict: Api) -> None:
    one, two = await bulk(strict, CREATE, item(strict), item(strict))
    with_version = {"id": one["id"], "version": 1, "patch": {"title": "Changed"}}
    answer = await strict.post(UPDATE, {"items": [with_version, {"id": two["id"], "patch": {"title": "Changed"}}]})
    assert pointers(answer, "precondition_required", 428) == ["/items/1"]
    missing = {"id": str(uuid4()), "version": 1, "patch": {}}
    answer = await strict.post(UPDATE, {"items": [missing, {"id": str(uuid4()), "patch": {}}]})
    assert pointers(answer, "precondition_required", 428) == ["/items/1"], "428 comes before what is not there"
    assert [task["version"] for task in await bulk(strict, UPDATE, with_version)] == [2]


async def test_where_a_version_is_required_a_retry_still_gets_its_first_answer(ada: Api, database_url: str, strict: Api) -> None:
    task = await ada.add_task()
    body = {"items": [{"id": task["id"], "patch": {"title": "Changed"}}]}
    first = await ada.post(UPDATE, body, idempotency_key="k")
    strict.client.headers["authorization"] = ada.client.headers["authorization"]
    strict.workspace = ada.workspace
    again = await strict.post(UPDATE, body, idempotency_key="k")
    assert (again.status_code, again.content) == (200, first.content)
