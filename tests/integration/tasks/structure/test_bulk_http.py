"""Creating and changing many tasks at once: all or nothing."""

import json
from typing import Any
from uuid import uuid4

import httpx2

from integration.tasks.structure.conftest import Meet
from support.harness.api import Api, ok
from support.harness.problems import problem

CREATE, UPDATE = "tasks/bulk_create", "tasks/bulk_update"


def item(api: Api, title: str = "Oil the engine", **body: Any) -> dict[str, Any]:
    return {"project_id": api.project["id"], "title": title, **body}


async def bulk(api: Api, path: str, *items: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    answer = await api.post(path, {"items": [*items]}, **headers)
    assert answer.status_code == 200, answer.text
    assert [*answer.json()] == ["items"]
    assert not {"etag", "location", "link"} & {*answer.headers}
    tasks: list[dict[str, Any]] = answer.json()["items"]
    return tasks


async def everything(api: Api) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = ok(await api.get("tasks", sort="key"))["items"]
    return tasks


def pointers(answer: httpx2.Response, code: str = "validation_failed", status: int = 422) -> list[str]:
    return [fault["pointer"] for fault in problem(answer, status, code)["errors"]]


async def test_many_tasks_are_created_in_the_order_of_the_request(ada: Api) -> None:
    home = ada.project
    await ada.open_project(key="WEB")
    minted = str(uuid4())
    tasks = await bulk(
        ada,
        CREATE,
        item(ada, "w1", priority="high"),
        item(ada, "o1", project_id=home["id"], status="done"),
        item(ada, "w2", id=minted, assignee_ids=[ada.user["id"]]),
        item(ada, "o2", project_id=home["id"], due={"date": "2026-03-01"}),
    )
    assert [(task["title"], task["key"], task["version"]) for task in tasks] == [
        ("w1", "WEB-1", 1),
        ("o1", "OPS-1", 1),
        ("w2", "WEB-2", 1),
        ("o2", "OPS-2", 1),
    ]
    assert tasks[2]["id"] == minted
    for task in tasks:
        assert ok(await ada.get(f"tasks/{task['id']}")) == task
    assert [task["title"] for task in ok(await ada.get("tasks", sort="rank"))["items"]] == ["o1", "o2", "w1", "w2"]
    assert (await ada.add_task())["key"] == "WEB-3"


async def test_an_item_may_name_those_before_it(ada: Api) -> None:
    one, two = str(uuid4()), str(uuid4())
    tasks = await bulk(
        ada, CREATE, item(ada, id=one), item(ada, id=two, parent_id=one), item(ada, parent_id=two, blocked_by_ids=[one, two])
    )
    assert [task["parent_id"] for task in tasks] == [None, one, two]
    assert tasks[2]["blocked_by_ids"] == sorted([one, two])
    ahead = str(uuid4())
    for reference in ({"parent_id": ahead}, {"blocked_by_ids": [ahead]}):
        answer = await ada.post(CREATE, {"items": [item(ada, **reference), item(ada, id=ahead)]})
        assert pointers(answer, "unknown_reference")[0].startswith("/items/0/")


async def test_many_tasks_are_changed_in_the_order_of_the_request(ada: Api) -> None:
    tasks = await bulk(ada, CREATE, *(item(ada, f"Task {n}") for n in range(4)))
    changed = await bulk(
        ada,
        UPDATE,
        {"id": tasks[3]["id"], "version": 1, "patch": {"title": "Changed", "priority": "high"}},
        {"id": tasks[0]["id"], "patch": {"status": "done"}},
        {"id": tasks[2]["id"], "patch": {}},
        {"id": tasks[1]["id"], "patch": {"parent_id": tasks[0]["id"]}},
    )
    assert [task["number"] for task in changed] == [4, 1, 3, 2]
    assert [task["version"] for task in changed] == [2, 2, 1, 2]
    assert changed[2] == tasks[2]
    assert {task["id"]: task for task in changed} == {task["id"]: task for task in await everything(ada)}


async def test_tasks_that_would_not_change_do_not(ada: Api) -> None:
    tasks = await bulk(ada, CREATE, item(ada), item(ada))
    assert await bulk(ada, UPDATE, *({"id": task["id"], "patch": {"title": task["title"]}} for task in tasks)) == tasks


async def test_a_batch_has_up_to_500_items(ada: Api) -> None:
    tasks = await bulk(ada, CREATE, *(item(ada) for _ in range(500)))
    assert [task["number"] for task in tasks] == list(range(1, 501))
    changed = await bulk(ada, UPDATE, *({"id": task["id"], "patch": {"priority": "low"}} for task in tasks))
    assert {(task["priority"], task["version"]) for task in changed} == {("low", 2)}
    assert pointers(await ada.post(CREATE, {"items": [item(ada)] * 501})) == ["/items"]
    assert pointers(await ada.post(UPDATE, {"items": [{"id": str(uuid4()), "patch": {}} for _ in range(501)]})) == ["/items"]
    too_large = {"items": [item(ada, description="x" * 90_000)] * 12}
    assert len(json.dumps(too_large)) > 1024 * 1024
    problem(await ada.post(CREATE, too_large), 413, "body_too_large")


async def test_an_archived_project_takes_no_batch(ada: Api) -> None:
    (task,) = await bulk(ada, CREATE, item(ada))
    archived = ada.project["id"]
    ok(await ada.post(f"projects/{archived}/archive"))
    await ada.open_project(key="WEB")
    answer = await ada.post(CREATE, {"items": [item(ada), item(ada, project_id=archived)]})
    assert pointers(answer, "project_archived", 409) == ["/items/1"]
    answer = await ada.post(UPDATE, {"items": [{"id": task["id"], "patch": {"title": "Changed"}}]})
    assert pointers(answer, "project_archived", 409) == ["/items/0/patch"]
    assert await everything(ada) == [task]


async def test_a_retried_batch_is_answered_in_the_very_bytes_of_the_first(ada: Api) -> None:
    first = await ada.post(CREATE, {"items": [item(ada, "ü"), item(ada)]}, idempotency_key="make")
    again = await ada.post(CREATE, {"items": [item(ada, "ü"), item(ada)]}, idempotency_key="make")
    change = {"items": [{"id": task["id"], "version": 1, "patch": {"priority": "low"}} for task in first.json()["items"]]}
    changed = await ada.post(UPDATE, change, idempotency_key="change")
    ok(await ada.patch("tasks/OPS-1", {"title": "Changed since"}))
    changed_again = await ada.post(UPDATE, change, idempotency_key="change")
    for one, other in ((first, again), (changed, changed_again)):
        assert (other.status_code, other.content) == (200, one.content)
        assert other.headers["idempotency-replayed"] == "true"
    assert len(await everything(ada)) == 2
    problem(await ada.post(UPDATE, {"items": change["items"][:1]}, idempotency_key="change"), 422, "idempotency_key_reused")


async def test_if_match_has_nothing_to_name_in_a_batch(ada: Api) -> None:
    task = await ada.add_task()
    for path, body in ((CREATE, item(ada)), (UPDATE, {"id": task["id"], "patch": {"title": "Changed"}})):
        answer = await ada.post(path, {"items": [body]}, if_match='"1"')
        assert problem(answer, 400, "invalid_header")["errors"][0]["header"] == "If-Match"
    assert await everything(ada) == [task]


async def test_viewers_send_no_batch(ada: Api, meet: Meet) -> None:
    viewer = await meet("viewer")
    problem(await viewer.post(CREATE, {"items": [item(ada)]}), 403, "not_allowed")
    problem(await viewer.post(UPDATE, {"items": [{"id": str(uuid4()), "patch": {}}]}), 403, "not_allowed")
