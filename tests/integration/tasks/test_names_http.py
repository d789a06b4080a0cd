"""Projects, tasks and members by the names that people use: keys in any case, and `me`, wherever an id does."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.testing.conformance.round_trips import RoundTrips, recording_round_trips

WORKFLOW = {"statuses": [{"key": "todo", "name": "To do", "category": "todo"}], "transitions": None}


@pytest.fixture
def round_trips(database: Database) -> Iterator[RoundTrips]:
    with recording_round_trips(database) as round_trips:
        yield round_trips


async def add(api: Api, count: int) -> list[dict[str, Any]]:
    return [await api.add_task(f"Task {n}") for n in range(1, count + 1)]


async def keys(api: Api, **parameters: Any) -> list[str]:
    return [task["key"] for task in ok(await api.get("tasks", sort="key", **parameters))["items"]]


# -- projects --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["OPS", "ops", "oPs"])
async def test_a_project_is_known_by_its_key_in_every_path(ada: Api, name: str) -> None:
    at = ada.at(f"projects/{ada.project['id']}")
    read = await ada.get(f"projects/{name}")
    assert (read.json(), read.headers["content-location"]) == (ada.project, at)
    again = await ada.get(f"projects/{name}", headers={"if-none-match": read.headers["etag"]})
    assert (again.status_code, again.headers["content-location"]) == (304, at)
    for answer in (
        await ada.patch(f"projects/{name}", {"name": "Other"}, if_match='"1"'),
        await ada.post(f"projects/{name}/archive"),
        await ada.post(f"projects/{name}/unarchive"),
        await ada.put(f"projects/{name}/workflow", WORKFLOW),
    ):
        assert ok(answer)["id"] == ada.project["id"]
        assert answer.headers["content-location"] == at
    assert (await ada.delete(f"projects/{name}")).status_code == 204
    assert (await ada.get(f"projects/{name}")).status_code == 404
    assert ok(await ada.get(f"projects/{name}", deleted="true"))["deleted_at"]
    assert ok(await ada.post(f"projects/{name}/restore"))["id"] == ada.project["id"]


async def test_by_id_a_project_says_nothing_of_where_it_is_when_it_is_read(ada: Api) -> None:
    assert "content-location" not in (await ada.get(f"projects/{ada.project['id']}")).headers


@pytest.mark.parametrize("name", ["WEB", "OPS-1", "O", "ÖPS", "OPS%20", "0PS", "ABCDEFGHIJK", "\u017fOP"])
async def test_what_names_no_project_is_not_found(ada: Api, name: str) -> None:
    path = f"projects/{name}"
    answers = [await ada.get(path), await ada.patch(path, {"name": "x"}), await ada.delete(path)]
    answers += [await ada.post(f"{path}/{verb}") for verb in ("archive", "unarchive", "restore")]
    answers += [await ada.put(f"{path}/workflow", WORKFLOW), await ada.patch(path, {"name": "x"}, if_match='"1"')]
    assert [answer.status_code for answer in answers] == [404] * 8


# -- tasks -----------------------------------------------------------------------------------------


async def test_a_task_is_known_by_its_key_in_every_path_in_any_case(ada: Api) -> None:
    one, other = await add(ada, 2)
    label = ok(await ada.post("labels", {"name": "Bug"}))
    comment = ok(await ada.post("tasks/ops-1/comments", {"body": "Hello"}))
    for answer in (
        await ada.get("tasks/ops-1"),
        await ada.patch("tasks/Ops-1", {"priority": "high"}),
        await ada.put("tasks/ops-1/assignees/me"),
        await ada.delete("tasks/ops-1/assignees/me"),
        await ada.put(f"tasks/ops-1/labels/{label['id']}"),
        await ada.put("tasks/ops-1/blockers/oPs-2"),
        await ada.delete("tasks/ops-1/blockers/ops-2"),
        await ada.post("tasks/ops-1/move", {"to": "last"}),
    ):
        assert ok(answer)["id"] == one["id"]
        assert answer.headers["content-location"] == ada.at(f"tasks/{one['id']}")
    for answer in (await ada.get("tasks/ops-1/comments"), await ada.get(f"tasks/ops-1/comments/{comment['id']}")):
        assert answer.status_code == 200
    assert (await ada.get("tasks/ops-1/history")).status_code == 200
    assert (await ada.delete("tasks/ops-2")).status_code == 204
    assert ok(await ada.post("tasks/ops-2/restore"))["id"] == other["id"]


async def test_a_new_task_names_what_it_refers_to_by_keys(ada: Api) -> None:
    parent, blocker = await add(ada, 2)
    body = {"title": "New", "project_id": "ops", "parent_id": "ops-1", "blocked_by_ids": ["OPS-2"], "assignee_ids": ["me"]}
    task = ok(await ada.post("tasks", body))
    assert task["project_id"] == ada.project["id"]
    assert (task["parent_id"], task["blocked_by_ids"]) == (parent["id"], [blocker["id"]])
    assert task["assignee_ids"] == [ada.user["id"]]


async def test_a_patch_names_what_a_task_refers_to_by_keys(ada: Api) -> None:
    one, other, third = await add(ada, 3)
    body = {"parent_id": "ops-2", "blocked_by_ids": ["ops-3", "OPS-3", third["id"]], "assignee_ids": ["me", ada.user["id"], "me"]}
    task = ok(await ada.patch(f"tasks/{one['id']}", body))
    assert (task["parent_id"], task["blocked_by_ids"]) == (other["id"], [third["id"]])
    assert task["assignee_ids"] == [ada.user["id"]]
    assert ok(await ada.patch("tasks/ops-1", {"parent_id": None}))["parent_id"] is None


async def test_a_move_names_everything_by_keys(ada: Api) -> None:
    first, _, third = await add(ada, 3)
    assert ok(await ada.post("tasks/ops-3/move", {"before": "ops-1"}))["id"] == third["id"]
    assert [task["key"] for task in ok(await ada.get("tasks", sort="rank"))["items"]] == ["OPS-3", "OPS-1", "OPS-2"]
    assert ok(await ada.post("tasks/ops-3/move", {"after": "OPS-2", "parent_id": "ops-1"}))["parent_id"] == first["id"]
    assert [task["key"] for task in ok(await ada.get("tasks", sort="rank"))["items"]] == ["OPS-1", "OPS-2", "OPS-3"]
    web = await ada.open_project(key="WEB")
    assert ok(await ada.post("tasks/ops-2/move", {"to": "first", "project_id": "web"}))["project_id"] == web["id"]
    problem(await ada.post("tasks/ops-2/move", {"before": "web-1"}), 422, "validation_failed")  # Itself.


async def test_batches_name_everything_by_keys(ada: Api) -> None:
    one, other = await add(ada, 2)
    items = [
        {"project_id": "ops", "title": "A", "parent_id": "OPS-1"},
        {"project_id": "OPS", "title": "B", "assignee_ids": ["me"]},
    ]
    new = ok(await ada.post("tasks/bulk_create", {"items": items}))["items"]
    assert (new[0]["parent_id"], new[1]["assignee_ids"]) == (one["id"], [ada.user["id"]])
    changes = [{"id": "ops-2", "version": 1, "patch": {"parent_id": "OPS-1"}}, {"id": one["id"], "patch": {"priority": "low"}}]
    changed = ok(await ada.post("tasks/bulk_update", {"items": changes}))["items"]
    assert [(task["id"], task["parent_id"]) for task in changed] == [(other["id"], one["id"]), (one["id"], None)]


async def test_two_items_about_one_task_are_refused_whatever_it_is_called(ada: Api) -> None:
    (one,) = await add(ada, 1)
    for second in ("ops-1", "OPS-1", one["id"]):
        items = [{"id": "OPS-1", "patch": {}}, {"id": second, "patch": {}}]
        refused = problem(await ada.post("tasks/bulk_update", {"items": items}), 422, "validation_failed")
        assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [("/items/1/id", "repeated")]


async def test_filters_take_keys(ada: Api) -> None:
    one, two, three = await add(ada, 3)
    await ada.patch("tasks/OPS-2", {"parent_id": "OPS-1", "blocked_by_ids": ["OPS-3"]})
    await ada.open_project(key="WEB")
    await ada.add_task()
    assert await keys(ada, ids=["ops-3", "WEB-1", one["id"]]) == ["OPS-1", "OPS-3", "WEB-1"]
    assert await keys(ada, project_id="ops") == ["OPS-1", "OPS-2", "OPS-3"]
    assert await keys(ada, project_id=["ops", "web"]) == ["OPS-1", "OPS-2", "OPS-3", "WEB-1"]
    assert await keys(ada, parent_id="ops-1") == ["OPS-2"]
    assert await keys(ada, parent_id=["none", "ops-1"]) == ["OPS-1", "OPS-2", "OPS-3", "WEB-1"]
    assert await keys(ada, blocks="ops-2") == ["OPS-3"]
    ranked = ok(await ada.get("tasks", project_id="ops", sort="rank", limit=2))
    rest = ok(await ada.get("tasks", project_id="ops", sort="rank", limit=2, cursor=ranked["next_cursor"]))
    assert [task["id"] for page in (ranked, rest) for task in page["items"]] == [task["id"] for task in (one, two, three)]


async def test_old_keys_of_a_moved_task_go_on_answering_everywhere(ada: Api) -> None:
    moved, other = await add(ada, 2)
    await ada.open_project(key="WEB")
    ok(await ada.post("tasks/OPS-1/move", {"to": "first", "project_id": "WEB"}))
    assert await keys(ada, ids="ops-1") == ["WEB-1"]
    assert ok(await ada.patch("tasks/ops-2", {"blocked_by_ids": ["ops-1"]}))["blocked_by_ids"] == [moved["id"]]
    assert await keys(ada, blocks=other["key"]) == ["WEB-1"]
    items = [{"id": "OPS-1", "patch": {"title": "By its old name"}}]
    assert ok(await ada.post("tasks/bulk_update", {"items": items}))["items"][0]["id"] == moved["id"]
    items = [{"id": "OPS-1", "patch": {}}, {"id": "WEB-1", "patch": {}}]
    problem(await ada.post("tasks/bulk_update", {"items": items}), 422, "validation_failed")


# -- what is not there -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ids", "project_id", "parent_id", "blocks"])
async def test_a_key_that_names_nothing_finds_nothing(ada: Api, name: str) -> None:
    await add(ada, 1)
    assert await keys(ada, **{name: "WEB" if name == "project_id" else "WEB-1"}) == []


def unknown(pointer: str) -> list[tuple[str, str]]:
    return [("unknown_reference", pointer)]


@pytest.mark.parametrize("known", [True, False], ids=["as a key", "as an id"])
async def test_in_a_body_an_unknown_key_is_as_good_as_an_unknown_id(ada: Api, known: bool) -> None:
    await add(ada, 1)
    task, project = ("WEB-7", "WEB") if known else (str(uuid4()), str(uuid4()))
    new = {"project_id": "OPS", "title": "x"}
    for path, body, pointer in (
        ("tasks", {**new, "project_id": project}, "/project_id"),
        ("tasks", {**new, "parent_id": task}, "/parent_id"),
        ("tasks", {**new, "blocked_by_ids": ["OPS-1", task]}, "/blocked_by_ids/1"),
        ("tasks/OPS-1/move", {"before": task}, "/before"),
        ("tasks/OPS-1/move", {"after": task}, "/after"),
        ("tasks/OPS-1/move", {"to": "first", "parent_id": task}, "/parent_id"),
        ("tasks/OPS-1/move", {"to": "first", "project_id": project}, "/project_id"),
        ("tasks/bulk_create", {"items": [new, {**new, "project_id": project}]}, "/items/1/project_id"),
        ("tasks/bulk_update", {"items": [{"id": "OPS-1", "patch": {}}, {"id": task, "patch": {}}]}, "/items/1/id"),
        ("tasks/bulk_update", {"items": [{"id": "OPS-1", "patch": {"parent_id": task}}]}, "/items/0/patch/parent_id"),
    ):
        refused = problem(await ada.post(path, body), 422, "unknown_reference")
        assert [(error["code"], error["pointer"]) for error in refused["errors"]] == unknown(pointer), (path, body)
    refused = problem(await ada.patch("tasks/OPS-1", {"blocked_by_ids": [task]}), 422, "unknown_reference")
    assert [(error["code"], error["pointer"]) for error in refused["errors"]] == unknown("/blocked_by_ids/0")


async def test_the_task_of_the_path_comes_first(ada: Api) -> None:
    await add(ada, 1)
    assert (await ada.patch("tasks/OPS-9", {"parent_id": "WEB-1"})).status_code == 404
    assert (await ada.patch("tasks/OPS-1", {"parent_id": "WEB-1"}, if_match='"7"')).status_code == 412


async def test_keys_of_another_workspace_name_nothing_here(ada: Api, guest: Api) -> None:
    await add(ada, 1)
    await guest.open_workspace()
    await guest.open_project(key="WEB")
    (mine,) = await add(guest, 1)
    problem(await guest.patch(f"tasks/{mine['id']}", {"blocked_by_ids": ["OPS-1"]}), 422, "unknown_reference")
    problem(await guest.post("tasks", {"project_id": "OPS", "title": "x"}), 422, "unknown_reference")
    assert (await guest.get("projects/OPS")).status_code == 404
    assert await keys(guest, ids="OPS-1") == []


@pytest.mark.parametrize("who", ["me", "id"])
async def test_what_is_taken_off_a_task_need_not_be_there_however_it_is_named(ada: Api, who: str) -> None:
    (task,) = await add(ada, 1)
    for blocker in (str(uuid4()), "OPS-7", "WEB-1", "OPS-1"):
        assert ok(await ada.delete(f"tasks/OPS-1/blockers/{blocker}")) == task
    assert ok(await ada.delete(f"tasks/OPS-1/assignees/{'me' if who == 'me' else uuid4()}")) == task
    for malformed in ("x", "OPS-0", "OPS"):
        assert (await ada.delete(f"tasks/OPS-1/blockers/{malformed}")).status_code == 404
    for blocker in (str(uuid4()), "OPS-7"):
        assert (await ada.put(f"tasks/OPS-1/blockers/{blocker}")).status_code == 404


@pytest.mark.parametrize("wrong", ["WEB_1", "OPS-0", "", 1, None, True, [], {}, "ÖPS-1", "OPS-1 ", "OPS-12345678901"])
async def test_what_is_neither_an_id_nor_a_key_is_refused(ada: Api, wrong: Any) -> None:
    await add(ada, 1)
    for body, pointer in (
        ({"project_id": wrong, "title": "x"}, "/project_id"),
        ({"project_id": "OPS", "title": "x", "blocked_by_ids": [wrong]}, "/blocked_by_ids/0"),
        ({"project_id": "OPS", "title": "x", "assignee_ids": [wrong]}, "/assignee_ids/0"),
        ({"project_id": "OPS", "title": "x", "label_ids": [wrong]}, "/label_ids/0"),
    ):
        refused = problem(await ada.post("tasks", body), 422, "validation_failed")
        assert [error["pointer"] for error in refused["errors"]] == [pointer]


@pytest.mark.parametrize("field", ["label_ids", "id", "project_id"])
async def test_me_is_no_label_task_or_project(ada: Api, field: str) -> None:
    body = {"project_id": "OPS", "title": "x", field: ["me"] if field == "label_ids" else "me-1"}
    problem(await ada.post("tasks", body), 422, "validation_failed")


# -- members ---------------------------------------------------------------------------------------


async def test_me_is_an_assignee_in_paths_bodies_and_filters(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    await add(ada, 2)
    assert ok(await guest.put("tasks/OPS-1/assignees/me"))["assignee_ids"] == [guest.user["id"]]
    assert await keys(guest, assignee_id="me") == ["OPS-1"]
    assert await keys(guest, not_assignee_id="me") == ["OPS-2"]
    assert await keys(ada, not_assignee_id=["none", "me"]) == ["OPS-1"]
    assert await keys(ada, not_assignee_id="none", assignee_id="me") == []
    both = ok(await ada.patch("tasks/OPS-1", {"assignee_ids": ["me", guest.user["id"]]}))
    assert set(both["assignee_ids"]) == {ada.user["id"], guest.user["id"]}
    assert ok(await guest.delete("tasks/OPS-1/assignees/me"))["assignee_ids"] == [ada.user["id"]]


@pytest.mark.parametrize("who", ["ME", "you", "none", "OPS-1"])
async def test_who_is_neither_an_id_nor_me_is_nobody(ada: Api, who: str) -> None:
    await add(ada, 1)
    assert (await ada.put(f"tasks/OPS-1/assignees/{who}")).status_code == 404
    assert (await ada.delete(f"tasks/OPS-1/assignees/{who}")).status_code == 404


# -- what it costs ---------------------------------------------------------------------------------


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_ids_cost_what_they_did_and_keys_one_round_trip_more(ada: Api, round_trips: RoundTrips) -> None:
    one, other = await add(ada, 2)
    new = {"title": "x", "assignee_ids": ["me"]}

    async def cost(*request: Any, **parameters: Any) -> int:
        round_trips.clear()
        method, path, *body = request
        ok(await (ada.get(path, **parameters) if method == "GET" else ada.send(method, path, *body)))
        return len(round_trips)

    assert await cost("POST", "tasks", {**new, "project_id": ada.project["id"]}) == 1
    assert await cost("POST", "tasks", {**new, "project_id": "OPS"}) == 2
    assert await cost("GET", f"projects/{ada.project['id']}") == 1
    assert await cost("GET", "projects/ops") == 1
    assert await cost("GET", "tasks/ops-1") == 1
    assert await cost("GET", "tasks", project_id=ada.project["id"]) == 1
    assert await cost("GET", "tasks", project_id="OPS", ids=["OPS-1", "OPS-2"], parent_id="none") == 2
    by_id = await cost("PATCH", f"tasks/{one['id']}", {"blocked_by_ids": [other["id"]]})
    await ada.patch("tasks/OPS-1", {"blocked_by_ids": []})
    assert await cost("PATCH", "tasks/OPS-1", {"blocked_by_ids": ["OPS-2"]}) == by_id + 1


async def test_a_retry_is_answered_as_the_first_time_though_its_keys_name_nothing_by_now(ada: Api, database: Database) -> None:
    _, other = await add(ada, 2)
    body = {"project_id": "OPS", "title": "x", "blocked_by_ids": ["OPS-2"]}
    first = await ada.post("tasks", body, idempotency_key="once")
    async with database.connection() as connection:
        await connection._driver.execute("DELETE FROM tasks WHERE id = $1", UUID(other["id"]))
    again = await ada.post("tasks", body, idempotency_key="once")
    assert (again.status_code, again.content, again.headers["idempotency-replayed"]) == (201, first.content, "true")
