"""Bodies that were made to hurt: each is refused with a small problem, and nothing breaks.

The conformance kit sends them to the operations of resources (`hostile_bodies_are_refused`).
"""

import json
from collections.abc import AsyncIterator

import httpx2
import pytest

from support.harness.operations import WITH_BODY, WITHOUT_BODY, SampleData, beside_resources, each
from support.harness.problems import problem
from taskhub.kernel.api.operations import Operation

MEGABYTE = 1024 * 1024

NOT_JSON = {
    "lone surrogate": b'"\\ud800"',
    "surrogates in UTF-8": b'"\xed\xa0\x80"',
    "latin-1": b'"\xff"',
    "raw NUL": b'"\x00"',
    "NaN": b"NaN",
    "infinity": b"-Infinity",
    "100,000 lists deep": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
}
OF_THE_WRONG_KIND = {
    "NUL": b'"\\u0000"',
    "1e400": b"1e400",
    "beyond 64 bits": b"18446744073709551616",
    "far beyond 64 bits": b"9" * 4000,
    "beyond all parsers": b"9" * 5000,
    "huge string": b'"' + b"x" * 900_000 + b'"',
    "a list": b"[[]]",
    "an object": b'{"a": {"b": []}}',
}


def members(operation: Operation) -> list[str]:
    assert operation.body is not None
    return [*operation.body[1].model_fields]


@each(beside_resources(WITH_BODY))
@pytest.mark.parametrize("value", NOT_JSON.values(), ids=NOT_JSON.keys())
async def test_what_is_no_json_is_400(sample: SampleData, operation: Operation, value: bytes) -> None:
    for content in (value, b'{"%s": %s}' % (members(operation)[0].encode(), value)):
        problem(await sample.call(operation, content=content), 400, "malformed_json")


@each(beside_resources(WITH_BODY))
@pytest.mark.parametrize("value", OF_THE_WRONG_KIND.values(), ids=OF_THE_WRONG_KIND.keys())
async def test_no_member_takes_what_is_not_its_kind(sample: SampleData, operation: Operation, value: bytes) -> None:
    for member in members(operation):
        answer = await sample.call(operation, content=b'{"%s": %s}' % (member.encode(), value))

        assert 400 <= answer.status_code < 500, (member, answer.text)
        problem(answer, answer.status_code, answer.json()["code"])


@each(beside_resources(WITH_BODY))
async def test_a_body_that_is_no_object_is_422(sample: SampleData, operation: Operation) -> None:
    for content in (b"null", b"[]", b"1", b'"text"', b"true"):
        problem(await sample.call(operation, content=content), 422, "validation_failed")


@each(WITHOUT_BODY)
async def test_an_operation_without_a_body_believes_in_none(sample: SampleData, operation: Operation) -> None:
    for content in (b"[]", b"0", b"9" * 5000, b"false", b'"text"', b'{"a": 1}'):
        problem(await sample.call(operation, content=content), 422, "validation_failed")


@pytest.mark.parametrize("content", [b"", b" \n", b"{}", b"{ }\n", b"null"])
async def test_an_operation_without_a_body_takes_one_that_says_nothing(sample: SampleData, content: bytes) -> None:
    restored = await sample.api.client.post(
        f"/v1/workspaces/{sample.ids['workspace_id']}/tasks/{sample.ids['task']}/restore", content=content
    )
    assert restored.status_code == 200


@each(WITH_BODY)
async def test_a_member_that_is_no_json_is_found_behind_its_double_too(sample: SampleData, operation: Operation) -> None:
    name = members(operation)[0].encode()
    content = b'{"%s": NaN, "%s": "\\u0000"}' % (name, name)
    problem(await sample.call(operation, content=content), 400, "malformed_json")


@each(beside_resources(WITH_BODY))
async def test_a_thousand_unknown_members_make_a_small_problem(sample: SampleData, operation: Operation) -> None:
    body = {"\U0001f600" * 90 + str(index): 1 for index in range(2000)}

    problem(await sample.call(operation, content=json.dumps(body, ensure_ascii=False).encode()), 422, "validation_failed")


@each(beside_resources(WITH_BODY))
async def test_a_body_that_streams_on_is_refused_once_it_is_too_large(sample: SampleData, operation: Operation) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(200):
            taken += MEGABYTE
            yield b" " * MEGABYTE

    answer = await sample.call(operation, content=endless())

    problem(answer, 413, "body_too_large")
    assert taken <= 3 * MEGABYTE


async def test_200_megabytes_in_chunks_are_answered_over_the_wire_and_never_kept(server_url: str) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(200):
            sent += MEGABYTE
            yield b"x" * MEGABYTE

    async with httpx2.AsyncClient(base_url=server_url) as client:
        answer = await client.post("/v1/users", content=chunks(), headers={"content-type": "application/json"})
        problem(answer, 413, "body_too_large")
        assert (await client.get("/health/live")).status_code == 200
