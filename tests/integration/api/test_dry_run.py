"""`dry_run` on every write that a retry key could protect: what the real one answers then, and nothing is done."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from integration.conftest import make_container
from support.harness.api import Api, ok
from support.harness.database_content import content_of
from support.harness.operations import OPERATIONS, WITH_ANY_QUERY, SampleData, each, example_body
from support.harness.problems import problem
from support.harness.untimed import as_expected, untimed
from support.harness.waiting import eventually
from taskhub.app import TaskHub
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.infrastructure.postgres.database import Database

DRY = {"dry_run": "true"}
CHANGES = {
    "change_task": {"title": "Grease the engine"},
    "move_task": {"to": "last"},
    "change_project": {"name": "Engines"},
    "change_workspace": {"name": "Boiler room"},
    "put_task": {"title": "Grease the engine"},
}
"""Bodies that change something, where the documented ones are empty."""
WRITES = [operation for operation in OPERATIONS if operation.retryable]
OTHERS = [operation for operation in OPERATIONS if not operation.retryable and operation not in WITH_ANY_QUERY]
CHANGING_NOTHING = {
    "restore_task",
    "restore_project",
    "unarchive_project",
    "unassign_task",
    "unlabel_task",
    "unblock_task",
    "replay_webhook",
    "test_webhook",
    "redeliver",
    "bulk_update_tasks",
}
"""What is sent to these finds the world as they would leave it, or they append nothing to the log."""
ANSWERED_ANEW = {"undo_change", "test_webhook", "redeliver"}
"""Their answers have numbers of the log, an id that nobody can choose, or what was sent in the meantime."""


@pytest.fixture
async def own(app: TaskHub) -> AsyncIterator[SampleData]:
    """A world that the test may change."""
    async with Api.on(app) as api:
        await api.sign_up()
        yield await SampleData.create(api)


def body_of(operation: Operation) -> Any:
    """The documented example, with ids that the client mints, so that two of it are about the same thing."""
    body: Any = CHANGES.get(operation.operation_id) or example_body(operation)
    if operation.creates:
        return {**body, "id": str(uuid4())}
    if operation.operation_id == "bulk_create_tasks":
        return {"items": [{**item, "id": str(uuid4())} for item in body["items"]]}
    if operation.operation_id == "run_batch":
        return {"operations": [{**one, "body": {**one["body"], "id": str(uuid4())}} for one in body["operations"]]}
    return body


def without_request(answer: httpx2.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


@each(WRITES)
async def test_a_dry_run_answers_what_the_real_one_then_answers(own: SampleData, operation: Operation) -> None:
    api, body = own.api, body_of(operation)
    sent = {} if body is None else {"json": body}
    seq = ok(await api.get("changes", **{"from": "now"}))["next_cursor"]

    foretold = await own.call(operation, params=DRY, **sent)
    nothing = ok(await api.get("changes", cursor=seq))["items"]
    real = await own.call(operation, **sent)

    assert nothing == []
    if not real.is_success:
        assert without_request(foretold) == without_request(real)
        return
    expected = ok(foretold)
    assert expected["status"] == real.status_code
    assert expected["etag"] == real.headers.get("etag")
    assert expected["location"] == real.headers.get("location")
    if operation.operation_id not in ANSWERED_ANEW:
        assert untimed(expected["body"]) == untimed(real.json() if real.content else None)
    changes = await api.get("changes", cursor=seq, limit=1000)
    if changes.is_success and operation.operation_id not in {"create_workspace", "change_me"}:  # Those have another log.
        foretold_changes = [as_expected(change) for change in expected["changes"]]
        assert foretold_changes == [as_expected(change) for change in changes.json()["items"]]
        assert foretold_changes or operation.operation_id in CHANGING_NOTHING


@each(WRITES)
async def test_after_a_dry_run_the_database_is_row_for_row_what_it_was(
    sample: SampleData, operation: Operation, database_url: str
) -> None:
    about = (sample.api.workspace["id"], sample.api.user["id"])
    before = await content_of(database_url, *about)

    answer = (
        await sample.call(operation, params=DRY, json=body_of(operation))
        if operation.body
        else await sample.call(operation, params=DRY)
    )

    assert answer.status_code < 500
    assert await content_of(database_url, *about) == before


@each(OTHERS)
async def test_what_no_retry_key_could_protect_takes_no_dry_run(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, params=DRY)

    if operation.operation_id != "stream_changes" and answer.status_code not in {401, 404}:
        fault = problem(answer, 422, "validation_failed")["errors"][0]
        assert (fault["code"], fault["parameter"]) == ("unknown_parameter", "dry_run")


async def test_only_true_and_false_are_read(ada: Api) -> None:
    for value in ("1", "True", ""):
        answer = await ada.client.post(ada.at("labels"), params={"dry_run": value}, json={"name": "urgent"})
        assert problem(answer, 422, "validation_failed")["errors"][0]["parameter"] == "dry_run"
    twice = await ada.client.post(ada.at("labels"), params=[("dry_run", "true"), ("dry_run", "true")], json={"name": "urgent"})
    assert problem(twice, 422, "validation_failed")["errors"][0]["code"] == "repeated"


async def test_one_that_is_false_is_no_dry_run(ada: Api) -> None:
    answer = await ada.client.post(ada.at("labels"), params={"dry_run": "false"}, json={"name": "urgent"})

    assert answer.status_code == 201
    assert [label["name"] for label in ok(await ada.get("labels"))["items"]] == ["urgent"]


async def test_a_dry_run_takes_no_number(ada: Api) -> None:
    body = {"project_id": ada.project["id"], "title": "Oil the engine"}
    for _ in range(3):
        assert ok(await ada.client.post(ada.at("tasks"), params=DRY, json=body))["body"]["number"] == 1

    assert (await ada.add_task())["number"] == 1


async def test_its_key_is_neither_kept_nor_replayed(ada: Api) -> None:
    headers, body = {"idempotency-key": "k-1"}, {"name": "urgent"}
    foretold = await ada.client.post(ada.at("labels"), params=DRY, json=body, headers=headers)
    real = await ada.client.post(ada.at("labels"), json=body, headers=headers)
    again = await ada.client.post(ada.at("labels"), params=DRY, json={"name": "calm"}, headers=headers)

    assert (ok(foretold)["status"], real.status_code, "idempotency-replayed" in real.headers) == (201, 201, False)
    assert ok(again)["body"]["name"] == "calm"


async def test_a_refusal_is_the_refusal_itself(ada: Api) -> None:
    task = await ada.add_task()
    for path, body, headers in (
        (f"tasks/{task['id']}", {"title": ""}, {}),
        (f"tasks/{task['id']}", {"status": "none"}, {}),
        (f"tasks/{task['id']}", {"title": "Grease it"}, {"if-match": '"7"'}),
        (f"tasks/{uuid4()}", {"title": "Grease it"}, {}),
    ):
        answers = [await ada.client.patch(ada.at(path), params=params, json=body, headers=headers) for params in (DRY, {})]
        assert answers[0].status_code == answers[1].status_code >= 400
        assert without_request(answers[0]) == without_request(answers[1])
        assert answers[0].headers.get("etag") == answers[1].headers.get("etag")


async def test_it_counts_as_a_write(database_url: str) -> None:
    app = TaskHub(make_container(database_url, rate_limits="on", limit_writes_per_user=4))
    async with app.router.lifespan_context(app), Api.on(app) as api:
        await api.sign_up()
        await api.open_workspace()
        for _ in range(3):
            assert (await api.client.post(api.at("labels"), params=DRY, json={"name": "urgent"})).status_code == 200
        problem(await api.client.post(api.at("labels"), params=DRY, json={"name": "urgent"}), 429, "rate_limited")


async def test_what_it_had_loaded_is_not_remembered(ada: Api) -> None:
    """The process remembers projects: not one that a dry run has archived."""
    project = ada.project["id"]
    await ada.add_task()
    archived = await ada.client.post(ada.at(f"projects/{project}/archive"), params=DRY)

    assert ok(archived)["body"]["archived_at"] is not None
    assert (await ada.add_task())["number"] == 2


async def test_nobody_is_told(app: TaskHub, ada: Api) -> None:
    told: list[object] = []
    app.state.container.notifier().watch(told.append)
    ok(await ada.client.post(ada.at("labels"), params=DRY, json={"name": "urgent"}))
    ok(await ada.client.post(ada.at(f"projects/{ada.project['id']}/archive"), params=DRY))

    assert told == []
    ok(await ada.post("labels", {"name": "urgent"}))
    assert len(told) == 1


async def test_it_leaves_no_connection_behind(ada: Api, database: Database) -> None:
    for body in ({"name": "urgent"}, {"name": "  "}):
        await ada.client.post(ada.at("labels"), params=DRY, json=body)

    await eventually(partial(_is_unused, database))


async def _is_unused(database: Database) -> bool:
    return database.borrowed == 0
