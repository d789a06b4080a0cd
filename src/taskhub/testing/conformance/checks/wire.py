"""Rule 17: requests that are not what an operation takes."""

import json
from collections.abc import AsyncIterator

import httpx2

from taskhub.testing.conformance.calls import Client, ResourceCall
from taskhub.testing.conformance.checks.refusals import every_call
from taskhub.testing.conformance.rules import Report, answer_of, checks, request_of
from taskhub.testing.conformance.world import MERGE_PATCH, Case

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MEGABYTE = 1024 * 1024
SECTION = "docs/api.md, “Requests”"

NOT_JSON = (
    b'"\\ud800"',
    b'"\xed\xa0\x80"',
    b'"\xff"',
    b'"\x00"',
    b"NaN",
    b"-Infinity",
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
)
OF_NO_KIND = (
    b"[[]]",
    b'{"a": {"b": []}}',
    b'"\\u0000"',
    b"1e400",
    b"18446744073709551616",
    b"9" * 4000,
    b'"' + b"x" * 900_000 + b'"',
)
"""Small ones first: what goes wrong is logged with all that was sent."""


def _type_for(call: ResourceCall) -> str:
    return MERGE_PATCH if call.method == "PATCH" else "application/json"


async def _raw(client: Client, call: ResourceCall, content: bytes | AsyncIterator[bytes], **headers: str) -> httpx2.Response:
    named = {"content-type": _type_for(call), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return await client.http.request(call.method, client.path(call.path), content=content, headers=named)


@checks(
    17,
    "HEAD works wherever GET does; another method is 405 with all that are there in Allow; who accepts no JSON is told 406.",
    section=SECTION,
)
async def methods_and_media_types_are_told(case: Case, report: Report) -> None:
    client = await case.world.client()
    for call in await every_call(case):
        if call.method == "GET":
            await _check_head(client, call, report)
        await _check_other_methods(case, client, call, report)
        answer = await client.send(call.method, call.path, call.body, accept="text/html")
        report.problem(answer, 406, "not_acceptable")
        if call.operation.body is not None:
            answer = await _raw(client, call, b"{}", content_type="text/plain")
            if report.problem(answer, 415, "unsupported_media_type"):
                told = answer.headers.get("accept-patch" if call.method == "PATCH" else "accept", "")
                report.true(f"{request_of(answer)}: names the right type", "application/json" in told, seen=told)
            answer = await _raw(client, call, b"{}", content_encoding="gzip")
            report.problem(answer, 415, "unsupported_media_type", "a coding")


async def _check_head(client: Client, call: ResourceCall, report: Report) -> None:
    got, head = await call.send(client), await client.send("HEAD", call.path)
    ignored = ("x-request-id", "date")
    shown = [{name: one.headers[name] for name in one.headers if name not in ignored} for one in (got, head)]
    report.same(f"{request_of(head)}: status and body", (head.status_code, head.content), (got.status_code, b""))
    report.same(f"{request_of(head)}: headers", shown[1], shown[0])


async def _check_other_methods(case: Case, client: Client, call: ResourceCall, report: Report) -> None:
    there = {one.method for one in case.world.service.operations if one.path_regex.match(client.path(call.path))}
    there |= {"HEAD"} if "GET" in there else set()
    for method in METHODS:
        if method in there:
            continue
        answer = await client.send(method, call.path)
        if method != "HEAD":
            report.problem(answer, 405, "method_not_allowed")
        allowed = {*answer.headers.get("allow", "").split(", ")}
        report.same(f"{request_of(answer)}: status and Allow", (answer.status_code, allowed), (405, there))


@checks(
    17,
    "A body over 1 MiB is 413 before it is read in full; what is no JSON is 400; what is JSON of the wrong shape is 422;"
    " always with a problem document that doesn't echo it, never 500.",
    section=SECTION,
)
async def hostile_bodies_are_refused(case: Case, report: Report) -> None:
    client = await case.world.client()
    for call in await every_call(case):
        if not call.operation.writes:
            continue
        await _check_size(client, call, report)
        if call.operation.body is None:
            for content in (b"[]", b"0", b'{"a": 1}'):
                report.problem(await _raw(client, call, content), 422, "validation_failed", "it takes no body")
        else:
            await _check_not_json(client, call, report)
            await _check_wrong_kinds(client, call, report)


async def _check_size(client: Client, call: ResourceCall, report: Report) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(20):
            taken += MEGABYTE
            yield b" " * MEGABYTE

    report.problem(await _raw(client, call, endless()), 413, "body_too_large")
    report.true(f"{call}: megabytes of 20 that were read", taken <= 3 * MEGABYTE, expected="up to 3", seen=taken // MEGABYTE)
    answer = await _raw(client, call, b"", content_length="209715200")
    report.problem(answer, 413, "body_too_large", "by its own account")


def _members(call: ResourceCall) -> list[str]:
    assert call.operation.body is not None
    return [*call.operation.body[1].model_fields]


async def _check_not_json(client: Client, call: ResourceCall, report: Report) -> None:
    member = _members(call)[0].encode()
    for value in NOT_JSON:
        for content in (value, b'{"%s": %s}' % (member, value)):
            _told(report, await _raw(client, call, content), 400, "malformed_json", content)


async def _check_wrong_kinds(client: Client, call: ResourceCall, report: Report) -> None:
    for member in _members(call):
        for value in OF_NO_KIND:
            others = {name: one for name, one in (call.body or {}).items() if name != member}
            content = json.dumps(others).encode()[:-1] + b'%s"%s": %s}' % (b", " if others else b"", member.encode(), value)
            answer = await _raw(client, call, content)
            if not (400 <= answer.status_code < 500 and len(answer.content) < 10_000):
                what = f"{request_of(answer)} with {member}: {_short(value)}, and all others as they should be"
                report.add(what, expected="a problem, 4xx", seen=answer_of(answer))
                break
    for content in (b"null", b"[]", b"1", b'"text"', b'{"surprise": 1}'):
        _told(report, await _raw(client, call, content), 422, "validation_failed", content)
    many = {"\U0001f600" * 90 + str(index): 1 for index in range(2000)}
    _told(
        report, await _raw(client, call, json.dumps(many, ensure_ascii=False).encode()), 422, "validation_failed", b"2000 members"
    )


def _told(report: Report, answer: httpx2.Response, status: int, code: str, content: bytes) -> None:
    report.problem(answer, status, code, f"with {_short(content)}")


def _short(content: bytes) -> str:
    return repr(content[:40]) + ("…" if len(content) > 40 else "")
