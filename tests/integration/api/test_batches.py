"""`POST …/batch`: what can be in one, what is refused and where, and what a batch is as a whole."""

import asyncio
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.database_content import content_of
from support.harness.operations import OPERATIONS, SampleData, each, example_body
from support.harness.problems import problem
from support.harness.untimed import as_expected, untimed
from support.harness.waiting import eventually
from taskhub.app import TaskHub
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.infrastructure.postgres.database import Database

WRITES = [operation for operation in OPERATIONS if operation.writes and operation.access.stream_parameter]
ALLOWED = [one for one in WRITES if one.retryable and not one.path.endswith(("/batch", "/workspaces/{workspace_id}"))]
NOT_ALLOWED = [one for one in WRITES if not one.retryable and not one.path.endswith("/batch")]
LABEL: dict[str, Any] = {"method": "POST", "path": "/labels", "body": {"name": "urgent"}}


async def batch(api: Api, *operations: dict[str, Any], **headers: str) -> Any:
    return await api.post("batch", {"operations": list(operations)}, **headers)


def create(api: Api, title: str = "Oil the engine", **body: Any) -> dict[str, Any]:
    return {"method": "POST", "path": "/tasks", "body": {"project_id": api.project["id"], "title": title, **body}}


# -- what is in a batch ------------------------------------------------------------------------------


@each(ALLOWED)
async def test_every_write_of_a_workspace_can_be_in_a_batch(sample: SampleData, operation: Operation) -> None:
    """What it answers there is what it answers alone. Both are only tried out, so that the world stays."""
    body = example_body(operation)
    if operation.creates:
        body = {**body, "id": str(uuid4())}
    path = sample.path(operation)
    one = {"method": operation.method, "path": path.removeprefix(f"/v1/workspaces/{sample.api.workspace['id']}")}
    one |= {} if body is None else {"body": body}
    client, dry = sample.api.client, {"dry_run": "true"}
    alone = await sample.call(operation, params=dry, **({} if body is None else {"json": body}))

    together = await client.post(sample.api.at("batch"), params=dry, json={"operations": [one]})

    if alone.status_code != 200:
        expected, told = alone.json(), together.json()
        assert (together.status_code, told["code"], told["operation"]) == (alone.status_code, expected["code"], 0)
        return
    expected, got = ok(alone), ok(together)
    (result,) = got["body"]["results"]
    # The items of the first, the changes of the second and the third have ids of their own each time.
    if operation.operation_id not in {"bulk_create_tasks", "undo_change", "test_webhook"}:
        assert untimed(result) == untimed({name: expected[name] for name in result})
        assert [as_expected(one) for one in got["changes"]] == [as_expected(one) for one in expected["changes"]]


@each(NOT_ALLOWED)
async def test_what_no_retry_key_could_protect_is_refused(sample: SampleData, operation: Operation) -> None:
    path = sample.path(operation).removeprefix(f"/v1/workspaces/{sample.api.workspace['id']}")
    answer = await batch(sample.api, {"method": operation.method, "path": path, "body": example_body(operation)})

    told = problem(answer, 422, "validation_failed")
    assert (told["operation"], told["errors"][0]["code"], told["errors"][0]["pointer"]) == (
        *(0, "not_in_batch"),
        "/operations/0/path",
    )


@pytest.mark.parametrize(
    ("operation", "place"),
    [
        ({"method": "GET", "path": "/tasks"}, "method"),
        ({"method": "HEAD", "path": "/tasks"}, "method"),
        ({"method": "post", "path": "/labels", "body": {"name": "x"}}, "method"),
        ({"method": "PUT", "path": "/labels", "body": {"name": "x"}}, "method"),
        ({"method": "POST", "path": "/nothing"}, "path"),
        ({"method": "POST", "path": "labels", "body": {"name": "x"}}, "path"),
        ({"method": "POST", "path": "", "body": {"name": "x"}}, "path"),
        ({"method": "POST", "path": "/v1/workspaces", "body": {"name": "x"}}, "path"),
        ({"method": "POST", "path": "/v1/workspaces/019a9f40-0c32-7e74-8b20-7d3f4e5c6071/labels", "body": {"name": "x"}}, "path"),
        ({"method": "POST", "path": "/../019a9f40-0c32-7e74-8b20-7d3f4e5c6071/labels", "body": {"name": "x"}}, "path"),
        ({"method": "POST", "path": "/batch", "body": {"operations": [LABEL]}}, "path"),
        ({"method": "POST", "path": "/labels?cursor=abc", "body": {"name": "x"}}, "path"),
        ({"method": "POST", "path": "/labels?dry_run=true", "body": {"name": "x"}}, "path"),
        ({"method": "POST", "path": "/labels#x", "body": {"name": "x"}}, "path"),
        ({"method": "POST", "path": "/labels"}, "body"),
        ({"method": "POST", "path": "/labels", "body": None}, "body"),
        ({"method": "POST", "path": "/labels", "body": "x"}, "body"),
        ({"method": "POST", "path": "/labels", "body": {}}, "body/name"),
        ({"method": "POST", "path": "/labels", "body": {"name": "x", "size": 1}}, "body/size"),
        ({"method": "POST", "path": "/labels", "body": {"name": "x"}, "id": 7}, "id"),
        ({"method": "POST", "path": "/labels", "body": {"name": "x"}, "if_match": 7}, "if_match"),
        ({"method": "POST", "path": "/tasks/OPS-1/restore", "body": {"a": 1}}, "body"),
        ({"method": "POST", "path": "/labels", "body": {"name": "x\0"}}, "body/name"),
        ({"path": "/labels", "body": {"name": "x"}}, "method"),
        (7, ""),
    ],
)
async def test_what_is_of_the_wrong_shape_is_refused_with_its_place(sample: SampleData, operation: Any, place: str) -> None:
    answer = await batch(sample.api, {**LABEL, "body": {"name": "first"}}, operation)

    told = problem(answer, 422, "validation_failed")
    assert [error["pointer"] for error in told["errors"]] == [f"/operations/1/{place}".removesuffix("/")]
    assert told["operation"] == 1


async def test_there_are_1_to_100_operations(ada: Api) -> None:
    labels = [{**LABEL, "body": {"name": f"label {number}"}} for number in range(101)]
    for operations, code in (([], "too_short"), (labels, "too_long")):
        told = problem(await batch(ada, *operations), 422, "validation_failed")
        assert [(error["code"], error["pointer"]) for error in told["errors"]] == [(code, "/operations")]
        assert "operation" not in told

    assert len(ok(await batch(ada, *labels[:100]))["results"]) == 100


async def test_all_that_is_wrong_with_the_shape_is_told_at_once(ada: Api) -> None:
    told = problem(
        await batch(ada, LABEL, {**LABEL, "body": {"name": ""}}, LABEL, {**LABEL, "path": "/none"}), 422, "validation_failed"
    )

    assert told["operation"] == 1
    assert [error["pointer"] for error in told["errors"]] == ["/operations/1/body/name", "/operations/3/path"]


# -- all or nothing ----------------------------------------------------------------------------------


async def test_the_first_refusal_refuses_all(ada: Api, database_url: str) -> None:
    task = await ada.add_task()
    before = await content_of(database_url, ada.workspace["id"])
    missing = {"method": "PATCH", "path": f"/tasks/{uuid4()}", "body": {"title": "x"}}
    status = {"method": "PATCH", "path": f"/tasks/{task['id']}", "body": {"status": "none"}}

    not_found = problem(await batch(ada, LABEL, create(ada), missing, status), 404, "not_found")
    invalid = problem(await batch(ada, create(ada), LABEL, status, missing), 422, "validation_failed")
    taken = problem(await batch(ada, LABEL, create(ada), {**LABEL, "body": {"name": "URGENT"}}), 409, "name_taken")

    assert [one["operation"] for one in (not_found, invalid, taken)] == [2, 2, 2]
    assert [error["pointer"] for error in invalid["errors"]] == ["/operations/2/body/status"]
    assert await content_of(database_url, ada.workspace["id"]) == before


async def test_an_operation_sees_what_those_before_it_did(ada: Api) -> None:
    project, task, label = (str(uuid4()) for _ in range(3))
    results = ok(
        await batch(
            ada,
            {"method": "POST", "path": "/projects", "body": {"id": project, "key": "NEW", "name": "New"}},
            {"method": "POST", "path": "/tasks", "body": {"id": task, "project_id": "NEW", "title": "First"}},
            {"method": "POST", "path": "/labels", "body": {"id": label, "name": "urgent"}},
            {"method": "PUT", "path": f"/tasks/NEW-1/labels/{label}"},
            {"method": "POST", "path": "/tasks", "body": {"project_id": project, "title": "Second", "parent_id": "NEW-1"}},
            {"method": "PATCH", "path": "/tasks/new-1", "body": {"title": "Renamed"}, "if_match": '"2"'},
        )
    )["results"]

    assert [result["status"] for result in results] == [201, 201, 201, 200, 201, 200]
    assert [results[place]["etag"] for place in (1, 3, 5)] == ['"1"', '"2"', '"3"']
    assert results[4]["body"]["parent_id"] == task
    shown = ok(await ada.get(f"tasks/{task}"))
    assert shown == results[5]["body"]
    assert (shown["title"], shown["label_ids"], shown["version"]) == ("Renamed", [label], 3)


async def test_it_is_one_command_of_the_log(ada: Api) -> None:
    task = await ada.add_task()
    cursor = ok(await ada.get("changes", **{"from": "now"}))["next_cursor"]
    patch = {"method": "PATCH", "path": f"/tasks/{task['id']}"}
    ok(await batch(ada, LABEL, *({**patch, "body": {"title": title}} for title in "abc"), create(ada)))

    changes = ok(await ada.get("changes", cursor=cursor))["items"]
    assert [one["type"] for one in changes] == ["label.created", *["task.updated"] * 3, "task.created"]
    assert {one["commit"] for one in changes} == {changes[0]["seq"]}
    assert [one["entity_version"] for one in changes[1:4]] == [2, 3, 4]
    ok(await ada.post(f"changes/{changes[2]['seq']}/undo"))
    assert ok(await ada.get(f"tasks/{task['id']}"))["title"] == task["title"]
    assert ok(await ada.get("labels"))["items"] == []


async def test_an_undo_in_a_batch_answers_its_own_changes(ada: Api) -> None:
    task = await ada.add_task()
    ok(await ada.patch(f"tasks/{task['id']}", {"title": "Renamed"}))
    seq = ok(await ada.get("changes", entity_id=task["id"]))["items"][-1]["seq"]

    results = ok(await batch(ada, LABEL, {"method": "POST", "path": f"/changes/{seq}/undo"}, create(ada)))["results"]

    (change,) = results[1]["body"]["items"]
    assert change == ok(await ada.get("changes", entity_id=task["id"]))["items"][-1]
    assert change["changes"]["title"] == ["Renamed", task["title"]]


# -- rights, conditions, limits ----------------------------------------------------------------------


async def test_each_operation_needs_its_own_right(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    archive = {"method": "POST", "path": f"/projects/{ada.project['id']}/archive"}

    told = problem(await batch(guest, LABEL, archive), 403, "not_allowed")

    assert told["operation"] == 1
    assert ok(await ada.get("labels"))["items"] == []


async def test_a_role_that_the_batch_has_taken_away_is_gone_for_what_follows(ada: Api, guest: Api) -> None:
    await ada.invite(guest, "owner")
    lower = {"method": "PATCH", "path": f"/members/{guest.user['id']}", "body": {"role": "viewer"}}

    told = problem(await batch(guest, LABEL, lower, {**LABEL, "body": {"name": "calm"}}), 403, "not_allowed")

    assert told["operation"] == 2
    assert (await guest.post("labels", {"name": "still an owner"})).status_code == 201
    ok(await batch(guest, LABEL, lower))
    problem(await guest.post("labels", {"name": "no more"}), 403, "not_allowed")


async def test_others_get_no_batch(ada: Api, guest: Api, api: Api) -> None:
    guest.workspace = api.workspace = ada.workspace
    problem(await batch(guest, LABEL), 404, "not_found")
    problem(await batch(api, LABEL), 401, "not_authenticated")


async def test_a_version_is_given_for_each_operation(ada: Api) -> None:
    task = await ada.add_task()
    patch = {"method": "PATCH", "path": f"/tasks/{task['id']}", "body": {"title": "Renamed"}}

    stale = problem(await batch(ada, patch, {**patch, "body": {"title": "Again"}, "if_match": '"1"'}), 412, "stale_version")
    unreadable = problem(await batch(ada, LABEL, {**patch, "if_match": "1"}), 400, "invalid_header")
    on_create = problem(await batch(ada, LABEL, {**create(ada), "if_match": '"1"'}), 400, "invalid_header")
    beside = problem(await batch(ada, {**patch, "if_match": '"1"'}, if_match='"1"'), 400, "invalid_header")

    assert (stale["operation"], stale["current_version"]) == (1, 2)
    assert unreadable["errors"][0]["pointer"] == on_create["errors"][0]["pointer"] == "/operations/1/if_match"
    assert "operation" not in beside


async def test_where_versions_are_required_each_operation_needs_one(database_url: str) -> None:
    app = TaskHub(make_container(database_url, require_if_match=True))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        await api.open_project()
        task = await api.add_task()
        patch = {"method": "PATCH", "path": f"/tasks/{task['id']}", "body": {"title": "Renamed"}}

        told = problem(await batch(api, LABEL, patch), 428, "precondition_required")

        assert told["operation"] == 1
        ok(await batch(api, LABEL, {**patch, "if_match": '"1"'}))


async def test_each_operation_counts_as_a_write(database_url: str) -> None:
    app = TaskHub(make_container(database_url, rate_limits="on", limit_writes_per_user=10))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        labels = [{**LABEL, "body": {"name": f"label {number}"}} for number in range(8)]

        first = await batch(api, *labels[:6])
        refused = await batch(api, *labels[:4])

        assert first.headers["ratelimit"].startswith('"writes";r=3;')
        for name in ("ratelimit", "ratelimit-policy", "retry-after"):
            assert len(refused.headers.get_list(name)) == 1
        problem(refused, 429, "rate_limited")
        ok(await batch(api, *labels[6:]))


# -- retries -----------------------------------------------------------------------------------------


async def test_a_retry_gets_the_first_answer_byte_for_byte(ada: Api) -> None:
    operations = [LABEL, create(ada), {"method": "DELETE", "path": "/tasks/OPS-1"}]
    first = await batch(ada, *operations, idempotency_key="k-1")
    again = await batch(ada, *operations, idempotency_key="k-1")

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert again.headers["idempotency-replayed"] == "true"
    problem(await batch(ada, *operations[:2], idempotency_key="k-1"), 422, "idempotency_key_reused")


async def test_of_many_at_once_with_one_key_one_is_run(ada: Api) -> None:
    answers = await asyncio.gather(*(batch(ada, LABEL, create(ada), idempotency_key="k-1") for _ in range(8)))

    assert {answer.content for answer in answers} == {answers[0].content}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert len(ok(await ada.get("tasks"))["items"]) == 1


async def test_a_retry_gets_the_first_answer_also_when_the_batch_took_the_right_away(ada: Api, guest: Api) -> None:
    await ada.invite(guest)
    operations = [LABEL, {"method": "DELETE", "path": "/members/me"}]
    first = await batch(guest, *operations, idempotency_key="k-1")
    again = await batch(guest, *operations, idempotency_key="k-1")

    assert [result["status"] for result in ok(first)["results"]] == [201, 204]
    assert (again.status_code, again.content) == (200, first.content)
    problem(await batch(guest, LABEL), 404, "not_found")


async def test_nobody_is_shown_again_what_they_may_not_do_any_more(ada: Api, guest: Api) -> None:
    await ada.invite(guest, "admin")
    archive = {"method": "POST", "path": f"/projects/{ada.project['id']}/archive"}
    ok(await batch(guest, LABEL, archive, idempotency_key="k-1"))
    ok(await ada.patch(f"members/{guest.user['id']}", {"role": "member"}))

    told = problem(await batch(guest, LABEL, archive, idempotency_key="k-1"), 403, "not_allowed")

    assert told["operation"] == 1


async def test_whoever_has_lowered_their_own_role_in_a_batch_gets_its_first_answer(ada: Api, guest: Api) -> None:
    await ada.invite(guest, "owner")
    lower = {"method": "PATCH", "path": "/members/me", "body": {"role": "viewer"}}
    first, again = [await batch(guest, LABEL, lower, idempotency_key="k-1") for _ in range(2)]

    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_token_shows_again_only_what_its_scopes_allow(ada: Api) -> None:
    archive = {"method": "POST", "path": f"/projects/{ada.project['id']}/archive"}
    tokens = [
        ok(await ada.post("/v1/tokens", {"name": "a", "scopes": scopes}))["token"]
        for scopes in (["read", "write", "admin"], ["read", "write"])
    ]
    ada.client.headers["authorization"] = f"Bearer {tokens[0]}"
    ok(await batch(ada, archive, idempotency_key="k-1"))
    ada.client.headers["authorization"] = f"Bearer {tokens[1]}"

    problem(await batch(ada, archive, idempotency_key="k-1"), 403, "insufficient_scope")


async def test_a_body_that_is_not_needed_may_be_empty(ada: Api) -> None:
    await ada.add_task()
    for body in (b"{ }", b"null", b"{}"):
        raw = b'{"operations": [{"method": "DELETE", "path": "/tasks/OPS-1/assignees/me", "body": ' + body + b"}]}"
        answer = await ada.client.post(ada.at("batch"), content=raw, headers={"content-type": "application/json"})
        assert answer.status_code == 200, answer.text


async def test_a_refused_batch_leaves_its_key_free(ada: Api) -> None:
    problem(await batch(ada, LABEL, LABEL, idempotency_key="k-1"), 409, "name_taken")
    ok(await batch(ada, LABEL, idempotency_key="k-1"))


# -- tried out ---------------------------------------------------------------------------------------


async def test_a_batch_can_be_tried_out(ada: Api, database_url: str) -> None:
    task = await ada.add_task()
    operations = [
        {**LABEL, "body": {"id": str(uuid4()), "name": "urgent"}},
        create(ada, id=str(uuid4())),
        {"method": "PATCH", "path": f"/tasks/{task['id']}", "body": {"title": "Renamed"}},
        {"method": "DELETE", "path": f"/projects/{ada.project['id']}"},
    ]
    before = await content_of(database_url, ada.workspace["id"])
    foretold = await ada.client.post(ada.at("batch"), params={"dry_run": "true"}, json={"operations": operations})
    assert await content_of(database_url, ada.workspace["id"]) == before
    cursor = ok(await ada.get("changes", **{"from": "now"}))["next_cursor"]

    real = ok(await batch(ada, *operations))

    expected = ok(foretold)
    assert untimed(expected["body"]) == untimed(real)
    changes = ok(await ada.get("changes", cursor=cursor))["items"]
    assert [as_expected(one) for one in expected["changes"]] == [as_expected(one) for one in changes]


async def test_a_batch_that_is_tried_out_is_refused_as_it_would_be(ada: Api) -> None:
    answer = await ada.client.post(ada.at("batch"), params={"dry_run": "true"}, json={"operations": [LABEL, LABEL]})

    assert problem(answer, 409, "name_taken")["operation"] == 1


async def test_no_connection_is_left_behind(ada: Api, database: Database) -> None:
    for operations in ([LABEL], [LABEL, LABEL], [{"method": "DELETE", "path": f"/tasks/{uuid4()}"}]):
        await batch(ada, *operations)

    await eventually(partial(_is_unused, database))


async def _is_unused(database: Database) -> bool:
    return database.borrowed == 0
