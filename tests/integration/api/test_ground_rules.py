"""What holds for every operation of the service, whatever it does."""

import re
from uuid import uuid4

import pytest

from support.harness.api import Api
from support.harness.operations import OPERATIONS, PROTECTED, READS, WITH_BODY, SampleData, each
from support.harness.problems import problem, without_request_id
from taskhub.app import TaskHub
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.preconditions import IfMatch

PUBLIC = {
    "POST /v1/users",
    "POST /v1/sessions",
    "POST /v1/sessions/refresh",
    "GET /v1",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /openapi.json",
    "GET /docs",
    "GET /docs/events",
    "GET /docs/{digest}/{name}",
    "GET /",
    "GET /board",
    "GET /board/{place:path}",
    "GET /board/assets/{tag}/{file:path}",
    "GET /problems/{code}",
}
SECRET = {
    "POST /v1/users",
    "POST /v1/sessions",
    "POST /v1/sessions/refresh",
    "POST /v1/tokens",
    "POST /v1/workspaces/{workspace_id}/invitations",
    "POST /v1/workspaces/{workspace_id}/webhooks",
    "POST /v1/workspaces/{workspace_id}/webhooks/{webhook_id}/rotate_secret",
}
ALSO_VALUES = {
    "/v1/sessions/refresh",
    "/v1/workspaces/{workspace_id}/tasks/bulk_create",
    "/v1/workspaces/{workspace_id}/tasks/bulk_update",
}
"""For other methods these are another path with a value in it, that of nothing."""
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}
IN_WORKSPACE = [operation for operation in PROTECTED if "workspace_id" in operation.param_convertors]
THINGS = {"project_id", "task", "token_id", "label_id", "comment_id", "blocker", "user_id"}
ON_A_THING = [operation for operation in PROTECTED if THINGS & {*operation.param_convertors}]
TAKES_OFF = {one.operation_id for one in PROTECTED if one.method == "DELETE" and one.answers is not None}
"""What shows a task after somebody or something was taken off it. Who was not on it is taken off without a word."""


def test_every_route_is_protected_or_on_the_list(app: TaskHub) -> None:
    assert all(isinstance(route, Operation) for route in app.routes)
    assert {f"{one.method} {one.path}" for one in OPERATIONS if one not in PROTECTED} == PUBLIC


@each(PROTECTED)
async def test_without_a_credential_it_is_401_with_a_bare_challenge(sample: SampleData, api: Api, operation: Operation) -> None:
    answer = await sample.call(operation, api=api)

    problem(answer, 401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


@each(PROTECTED)
async def test_an_unknown_query_parameter_is_refused(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, params={"surprise": "1"})

    assert problem(answer, 422, "validation_failed")["errors"][0]["parameter"] == "surprise"


@each(WITH_BODY)
async def test_an_unknown_member_of_the_body_is_refused(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, json={"surprise": 1})

    assert "/surprise" in {fault.get("pointer") for fault in problem(answer, 422, "validation_failed")["errors"]}


@each(WITH_BODY)
async def test_another_media_type_is_refused_and_the_right_one_named(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, headers={"content-type": "text/plain"}, content=b"{}")

    problem(answer, 415, "unsupported_media_type")
    named = answer.headers["accept-patch" if operation.method == "PATCH" else "accept"]
    assert "application/json" in named
    assert ("application/merge-patch+json" in named) == (operation.method == "PATCH")


@each(WITH_BODY)
async def test_malformed_json_is_refused(sample: SampleData, operation: Operation) -> None:
    problem(await sample.call(operation, content=b'{"a":'), 400, "malformed_json")


@each([operation for operation in OPERATIONS if operation.writes])
async def test_a_body_that_is_too_large_by_its_own_account_is_not_read(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, content=b"", headers={"content-length": "209715200"})

    problem(answer, 413, "body_too_large")


@each([operation for operation in OPERATIONS if operation.writes and operation.body is None])
async def test_a_body_where_none_is_taken_is_refused(sample: SampleData, operation: Operation) -> None:
    problem(await sample.call(operation, content=b'{"title": "lost?"}'), 422, "validation_failed")


@each(READS)
async def test_head_works_wherever_get_does(sample: SampleData, operation: Operation) -> None:
    got = await sample.api.client.get(sample.path(operation))
    head = await sample.api.client.head(sample.path(operation))

    assert head.status_code == got.status_code
    assert head.content == b""
    assert without_request_id(head)[2].keys() == without_request_id(got)[2].keys()
    if operation.operation_id != "get_metrics":
        assert without_request_id(head)[2] == without_request_id(got)[2]


@each(OPERATIONS)
async def test_another_method_is_405_with_all_that_are_there(sample: SampleData, operation: Operation) -> None:
    path = sample.path(operation)
    there = {one.method for one in OPERATIONS if one.path == operation.path}
    there |= {"HEAD"} if "GET" in there else set()

    for method in (METHODS | {"OPTIONS"}) - there:
        answer = await sample.api.client.request(method, path)
        if answer.status_code in (404, 415):
            assert operation.path in ALSO_VALUES
            continue

        assert answer.status_code == 405, method
        assert {*answer.headers["allow"].split(", ")} == there
        if method != "HEAD":
            problem(answer, 405, "method_not_allowed")


@each(PROTECTED)
async def test_caches_keep_nothing_that_is_somebodys_own(sample: SampleData, api: Api, operation: Operation) -> None:
    for caller in (sample.api, api):
        answer = await sample.call(operation, api=caller, params={"surprise": "1"})

        assert answer.headers["vary"] == "Authorization"
        assert answer.headers["cache-control"] in ("private, no-cache", "no-store")


@each(OPERATIONS)
async def test_what_holds_a_secret_or_oneself_is_never_stored(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, params={"surprise": "1"})

    is_secret = f"{operation.method} {operation.path}" in SECRET or operation.path.startswith("/v1/users/me")
    assert (answer.headers.get("cache-control") == "no-store") == is_secret


@each(OPERATIONS)
async def test_the_id_of_a_request_is_echoed_or_made(sample: SampleData, operation: Operation) -> None:
    async def id_of(sent: str) -> str:
        answer = await sample.call(operation, params={"surprise": "1"}, headers={"x-request-id": sent})
        return str(answer.headers["x-request-id"])

    assert await id_of("my.request_1-2") == "my.request_1-2"
    assert re.fullmatch("[0-9a-f]{32}", await id_of("not an id"))
    assert re.fullmatch("[0-9a-f]{32}", await id_of("x" * 129))


@each(IN_WORKSPACE)
async def test_a_foreign_workspace_looks_like_one_that_is_not_there(
    sample: SampleData, stranger: Api, operation: Operation
) -> None:
    foreign = await sample.call(operation, api=stranger)
    missing = await sample.call(operation, api=stranger, path=sample.path(operation, workspace_id=str(uuid4())))
    malformed = await sample.call(operation, api=stranger, path=sample.path(operation, workspace_id="7"))

    problem(foreign, 404, "not_found")
    assert without_request_id(foreign) == without_request_id(missing) == without_request_id(malformed)


@each(ON_A_THING)
async def test_a_foreign_thing_looks_like_one_that_is_not_there(sample: SampleData, stranger: Api, operation: Operation) -> None:
    theirs = await SampleData.create(stranger)

    for name in THINGS & {*operation.param_convertors}:
        foreign = await theirs.call(operation, path=theirs.path(operation, **{name: sample.ids[name]}))
        missing = await theirs.call(operation, path=theirs.path(operation, **{name: str(uuid4())}))
        malformed = await theirs.call(operation, path=theirs.path(operation, **{name: "7"}))

        problem(malformed, 404, "not_found")
        assert without_request_id(foreign) == without_request_id(missing)
        if name == "task" or operation.operation_id not in TAKES_OFF:
            assert without_request_id(foreign) == without_request_id(malformed)


@each(PROTECTED)
async def test_one_media_type_is_answered_and_whoever_wants_else_is_told(sample: SampleData, operation: Operation) -> None:
    problem(await sample.call(operation, headers={"accept": "image/png"}), 406, "not_acceptable")
    kind = operation.produces
    for accepted in (f"{kind.partition('/')[0]}/*", f"image/png, {kind};q=0.1", "*/*;q=0.1", kind.title()):
        answer = await sample.call(operation, headers={"accept": accepted}, params={"surprise": "1"})
        problem(answer, 422, "validation_failed")


@each([operation for operation in OPERATIONS if operation.method == "POST" and operation.if_match is not IfMatch.CHANGE])
async def test_what_is_being_created_and_batches_have_no_version_to_match(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, headers={"if-match": '"1"'})

    assert problem(answer, 400, "invalid_header")["errors"][0]["header"] == "If-Match"


async def the_header_is_refused(sample: SampleData, operation: Operation, name: str, value: str) -> None:
    answer = await sample.call(operation, headers={name: value.encode("latin-1")})  # type: ignore[dict-item]  # Bytes are sent as they are.

    assert problem(answer, 400, "invalid_header")["errors"][0]["header"] == name


@each([operation for operation in PROTECTED if operation.writes])
async def test_a_precondition_of_a_change_that_can_not_be_read_is_named(sample: SampleData, operation: Operation) -> None:
    await the_header_is_refused(sample, operation, "If-Match", "7")


@each([operation for operation in PROTECTED if not operation.writes])
async def test_a_precondition_of_a_read_that_can_not_be_read_is_named(sample: SampleData, operation: Operation) -> None:
    await the_header_is_refused(sample, operation, "If-None-Match", "7")


@each([operation for operation in PROTECTED if operation.retryable])
@pytest.mark.parametrize("key", ["é", "x" * 256])
async def test_a_key_that_can_not_be_read_is_named(sample: SampleData, operation: Operation, key: str) -> None:
    await the_header_is_refused(sample, operation, "Idempotency-Key", key)


@each([operation for operation in PROTECTED if not operation.retryable])
async def test_a_key_where_none_is_heeded_refuses_nothing(sample: SampleData, operation: Operation) -> None:
    answer = await sample.call(operation, headers={"Idempotency-Key": "x" * 256}, params={"unknown": "1"})

    problem(answer, 422, "validation_failed")
