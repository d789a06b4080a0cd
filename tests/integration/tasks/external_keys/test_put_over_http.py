"""`PUT …/tasks/external/{key}`: one request for whoever knows a task by a key of their own, there already or not."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx2
import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.problems import problem
from taskhub.app import TaskHub
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.testing.conformance.round_trips import recording_round_trips

KEY = "github:org/repo#12"


@pytest.fixture
def round_trips(database: Database) -> Iterator[list[str]]:
    with recording_round_trips(database) as round_trips:
        yield round_trips


def at(key: str = KEY) -> str:
    return f"tasks/external/{quote(key, safe='')}"


async def put(api: Api, key: str = KEY, *, headers: dict[str, str] | None = None, **body: Any) -> httpx2.Response:
    sent = {"project_id": api.project["id"], "title": "Oil the engine", **body}
    return await api.put(at(key), sent, **(headers or {}))


async def test_the_first_creates_and_the_next_changes(ada: Api) -> None:
    created = await put(ada, description="Twice a day", priority="high")
    task = created.json()
    path = f"/v1/workspaces/{ada.workspace['id']}/tasks/{task['id']}"
    assert (created.status_code, created.headers["location"], created.headers["etag"]) == (201, path, '"1"')
    assert (task["external_keys"], task["priority"], task["key"]) == ([KEY], "high", f"{ada.project['key']}-1")
    changed = await put(ada, title="Oil it", description=None)
    assert (changed.status_code, changed.headers["content-location"], changed.headers["etag"]) == (200, path, '"2"')
    assert "location" not in changed.headers
    assert changed.json() == {
        **task,
        "title": "Oil it",
        "description": None,
        "version": 2,
        "updated_at": changed.json()["updated_at"],
    }
    assert ok(await ada.get(path)) == changed.json()


async def test_the_same_again_changes_nothing(ada: Api) -> None:
    first, again = await put(ada), await put(ada)
    assert (first.status_code, again.status_code, first.content) == (201, 200, again.content)


async def test_the_key_of_the_path_is_always_among_the_keys(ada: Api) -> None:
    assert ok(await put(ada, external_keys=["b"]))["external_keys"] == ["b", KEY]
    assert ok(await put(ada))["external_keys"] == ["b", KEY]
    assert ok(await put(ada, external_keys=["c", KEY]))["external_keys"] == ["c", KEY]
    assert ok(await put(ada, external_keys=[]))["external_keys"] == [KEY]
    assert ok(await put(ada, "b"))["key"] == f"{ada.project['key']}-2"


async def test_with_the_key_of_the_path_there_are_ten(ada: Api) -> None:
    nine = [f"k{n}" for n in range(9)]
    assert len(ok(await put(ada, external_keys=nine))["external_keys"]) == 10
    document = problem(await put(ada, external_keys=[*nine, "k9"]), 422, "validation_failed")
    assert [(error["code"], error["pointer"]) for error in document["errors"]] == [("too_long", "/external_keys")]


async def test_a_task_stays_in_the_project_that_it_went_over_to(ada: Api) -> None:
    task, home = ok(await put(ada)), ada.project
    web = await ada.open_project(key="WEB")
    ok(await ada.post(f"tasks/{task['id']}/move", {"to": "last", "project_id": web["id"]}))
    ada.project = home
    after = ok(await put(ada, title="Changed"))
    assert (after["project_id"], after["title"], after["id"]) == (web["id"], "Changed", task["id"])


async def test_the_project_may_be_named_by_its_key(ada: Api) -> None:
    assert ok(await put(ada, project_id=ada.project["key"].lower()))["project_id"] == ada.project["id"]


async def test_a_chosen_id_is_that_of_the_new_task_and_of_no_other(ada: Api) -> None:
    id = str(uuid4())
    assert ok(await put(ada, id=id))["id"] == id
    assert (await put(ada, id=id, title="Changed")).status_code == 200
    document = problem(await put(ada, id=str(uuid4())), 409, "external_key_taken")
    assert (document["task_id"], document["errors"][0]["parameter"]) == (id, "key")
    problem(await put(ada, "other", id=id), 409, "id_taken")


async def test_a_task_in_the_trash_is_not_brought_back_by_it(ada: Api) -> None:
    task = ok(await put(ada))
    await ada.delete(f"tasks/{task['id']}")
    document = problem(await put(ada), 409, "external_key_taken")
    assert (document["task_id"], document["errors"][0]["parameter"]) == (task["id"], "key")
    ok(await ada.post(f"tasks/{task['id']}/restore"))
    assert ok(await put(ada, title="Back"))["title"] == "Back"


async def test_another_key_of_the_body_that_is_taken_is_pointed_at(ada: Api) -> None:
    other = await ada.add_task(external_keys=["taken"])
    for answer in (await put(ada, external_keys=["free", "taken"]), await put(ada, external_keys=["taken"])):
        document = problem(answer, 409, "external_key_taken")
        assert document["task_id"] == other["id"]
    assert [error["pointer"] for error in document["errors"]] == ["/external_keys/0"]
    ok(await put(ada))
    document = problem(await put(ada, external_keys=["free", "taken"]), 409, "external_key_taken")
    assert [error["pointer"] for error in document["errors"]] == ["/external_keys/1"]


async def test_an_archived_project_takes_neither(ada: Api) -> None:
    ok(await put(ada))
    ok(await ada.post(f"projects/{ada.project['id']}/archive"))
    problem(await put(ada, title="Changed"), 409, "project_archived")
    problem(await put(ada, "new"), 409, "project_archived")


async def test_the_workflow_counts_for_a_change(ada: Api) -> None:
    statuses = [{"key": name, "name": name, "category": "todo"} for name in ("todo", "next")]
    workflow = {"statuses": statuses, "transitions": {"todo": ["next"]}}
    ok(await ada.put(f"projects/{ada.project['id']}/workflow", workflow))
    assert ok(await put(ada, status="next"))["status"] == "next"
    assert problem(await put(ada, status="todo"), 409, "illegal_transition")["allowed"] == []


async def test_references_are_checked_as_always(ada: Api) -> None:
    parent = await ada.add_task("Parent", external_keys=["parent"])
    child = ok(await put(ada, parent_id="external:parent", assignee_ids=["me"], blocked_by_ids=["external:parent"]))
    assert (child["parent_id"], child["blocked_by_ids"]) == (parent["id"], [parent["id"]])
    problem(await put(ada, "parent", parent_id=child["id"]), 409, "cycle")
    for body in ({"assignee_ids": [str(uuid4())]}, {"parent_id": "external:none"}, {"label_ids": [str(uuid4())]}):
        problem(await put(ada, **body), 422, "unknown_reference")
        problem(await put(ada, "new", **body), 422, "unknown_reference")
    problem(await put(ada, "new", project_id=str(uuid4())), 422, "unknown_reference")


async def test_a_body_is_that_of_a_create(ada: Api) -> None:
    for body in ({"title": "No project"}, {"project_id": ada.project["id"]}, {"project_id": ada.project["id"], "title": " "}):
        problem(await ada.put(at(), body), 422, "validation_failed")
    problem(await ada.put(at(), {"project_id": ada.project["id"], "title": "Oil", "number": 7}), 422, "validation_failed")


@pytest.mark.parametrize("key", ["x" * 256, "a%0Ab", "%00", "%20", "%E2%80%8B", "%FF", "%ED%A0%80"])
async def test_a_path_that_can_be_no_key_is_not_there(ada: Api, key: str) -> None:
    body = {"project_id": ada.project["id"], "title": "Oil"}
    problem(await ada.put(f"tasks/external/{key}", body), 404, "not_found")
    problem(await ada.get(f"tasks/external:{key}"), 404, "not_found")
    assert ok(await ada.get("tasks"))["items"] == []


async def test_the_path_knows_no_other_method(ada: Api) -> None:
    answer = await ada.get(at())
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "PUT"


# -- conditions and retries --------------------------------------------------------------------------


async def test_with_if_match_only_a_task_that_is_there_is_changed(ada: Api) -> None:
    for tag in ("*", '"1"'):
        problem(await put(ada, headers={"if_match": tag}), 404, "not_found")
    ok(await put(ada))
    assert problem(await put(ada, title="X", headers={"if_match": '"2"'}), 412, "stale_version")["current_version"] == 1
    problem(await put(ada, title="X", headers={"if_match": 'W/"1"'}), 412, "stale_version")
    problem(await put(ada, title="X", headers={"if_match": "1"}), 400, "invalid_header")
    assert ok(await put(ada, title="X", headers={"if_match": '"1"'}))["version"] == 2
    assert ok(await put(ada, title="Y", headers={"if_match": "*"}))["version"] == 3


async def test_with_if_none_match_only_a_new_task_is_created(ada: Api) -> None:
    assert (await put(ada, headers={"if_none_match": "*"})).status_code == 201
    answer = await put(ada, title="X", headers={"if_none_match": "*"})
    assert (problem(answer, 412, "stale_version")["current_version"], answer.headers["etag"]) == (1, '"1"')
    problem(await put(ada, title="X", headers={"if_none_match": '"1"'}), 400, "invalid_header")


@pytest.fixture
async def strict(database_url: str) -> AsyncIterator[Api]:
    """A client of a service that changes nothing without `If-Match`."""
    app = TaskHub(make_container(database_url, require_if_match=True))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        yield api


async def test_where_versions_are_required_a_change_needs_one_and_a_creation_does_not(strict: Api) -> None:
    assert (await put(strict)).status_code == 201
    problem(await put(strict, title="X"), 428, "precondition_required")
    assert (await put(strict, title="X", headers={"if_match": '"1"'})).status_code == 200


async def test_a_retry_is_answered_as_the_first_time(ada: Api) -> None:
    created, again = [await put(ada, headers={"idempotency_key": "a"}) for _ in range(2)]
    assert (created.status_code, again.status_code, again.content) == (201, 201, created.content)
    assert again.headers["location"] == created.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    changed, again = [await put(ada, title="X", headers={"idempotency_key": "b"}) for _ in range(2)]
    assert (changed.status_code, again.status_code, again.content) == (200, 200, changed.content)
    problem(await put(ada, "other", headers={"idempotency_key": "a"}), 422, "idempotency_key_reused")


async def test_other_spellings_of_a_path_are_the_same_request(ada: Api) -> None:
    body = {"project_id": ada.project["id"], "title": "Oil"}
    spellings = ("tasks/external/a%2Fb%3aa", "tasks/external/a%2fb:a", "tasks/ext%65rnal/%61%2Fb:a")
    answers = [await ada.put(path, body, idempotency_key="k") for path in spellings]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert ok(answers[2])["external_keys"] == ["a/b:a"]
    problem(await ada.put("tasks/external/a%252Fb:a", body, idempotency_key="k"), 422, "idempotency_key_reused")


# -- rights ------------------------------------------------------------------------------------------


async def test_a_viewer_may_neither_create_nor_change(ada: Api, guest: Api) -> None:
    ok(await put(ada))
    await ada.invite(guest, "viewer")
    guest.project = ada.project
    problem(await put(guest), 403, "not_allowed")
    problem(await put(guest, "new"), 403, "not_allowed")


async def test_a_stranger_finds_nothing(ada: Api, guest: Api) -> None:
    ok(await put(ada))
    guest.workspace, guest.project = ada.workspace, ada.project
    problem(await put(guest), 404, "not_found")
    problem(await guest.get(f"tasks/external:{quote(KEY, safe='')}"), 404, "not_found")


# -- many at once ------------------------------------------------------------------------------------


async def test_of_a_hundred_at_once_one_creates(ada: Api) -> None:
    ada.sends_again = True
    answers = await asyncio.gather(*(put(ada, title=f"Title {n}") for n in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [201]
    assert sorted(ok(answer)["version"] for answer in answers) == [*range(1, 101)]
    assert [answer.json()["version"] for answer in answers if answer.status_code == 201] == [1]
    (task,) = ok(await ada.get("tasks"))["items"]
    assert (task["version"], task["number"], task["external_keys"]) == (100, 1, [KEY])


async def test_of_a_hundred_tasks_one_gets_the_key(ada: Api) -> None:
    ada.sends_again = True
    tasks = [await ada.add_task() for _ in range(10)]
    body = {"project_id": ada.project["id"], "title": "New", "external_keys": [KEY]}
    answers = await asyncio.gather(
        *(ada.post("tasks", body) for _ in range(20)),
        *(ada.patch(f"tasks/{task['id']}", {"external_keys": [KEY]}) for task in tasks),
        *(ada.post("tasks/bulk_create", {"items": [body]}) for _ in range(5)),
    )
    won = [answer for answer in answers if answer.is_success]
    assert len(won) == 1
    (owner,) = ok(await ada.get("tasks", external_key=KEY))["items"]
    for answer in answers:
        if answer is not won[0]:
            assert problem(answer, 409, "external_key_taken")["task_id"] == owner["id"]


# -- cost --------------------------------------------------------------------------------------------


@pytest.mark.not_on_citus(reason="a commit is several statements there")
async def test_a_creation_and_a_change_are_two_round_trips_each(ada: Api, round_trips: list[str]) -> None:
    await ada.add_task()
    for title in ("New", "Changed"):
        round_trips.clear()
        await put(ada, title=title)
        assert len(round_trips) == 2
