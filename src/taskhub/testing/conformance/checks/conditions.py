"""Rule 3: optimistic locking over HTTP."""

import httpx2

from taskhub.testing.conformance.calls import ResourceCall
from taskhub.testing.conformance.rules import Report, checks, request_of
from taskhub.testing.conformance.world import Case, World

SECTION = "docs/api.md, “Versions”"


@checks(
    3,
    "If-Match: a stale or weak tag is 412 with the current version and changes nothing; an unquoted one is 400; a list that has"
    " the current version, and `*`, are good.",
    section=SECTION,
)
async def a_stale_if_match_changes_nothing(case: Case, report: Report) -> None:
    world, resource = case
    async for call in world.changes(resource):
        await _check_refusals(world, call, report)
        await _check_match(case, call, f'"77", "{call.version}"', report)
    async for call in world.changes(resource):
        await _check_match(case, call, "*", report)


async def _check_refusals(world: World, call: ResourceCall, report: Report) -> None:
    client, before = await world.client(), await world.log()
    current = f'"{call.version}"'
    for stale in (f'"{call.version + 76}"', f"W/{current}", f'"{call.version}-gzip"', f'"0{call.version}"'):
        answer = await call.send(client, if_match=stale)
        if report.problem(answer, 412, "stale_version"):
            told = (answer.json().get("current_version"), answer.headers.get("etag"))
            report.same(f"{request_of(answer)}: current_version and ETag", told, (call.version, current))
    report.problem(await call.send(client, if_match=str(call.version)), 400, "invalid_header", "an unquoted tag")
    report.same(f"{call}: events after refused requests", await world.log(), before)


async def _check_match(case: Case, call: ResourceCall, tags: str, report: Report) -> None:
    answer = await call.send(await case.world.client(), if_match=tags)
    if report.success(answer) and answer.content and case.resource.has_version and case.resource.has_etag:
        version = answer.json()["version"]
        report.same(f"{request_of(answer)}: ETag", answer.headers.get("etag"), f'"{version}"')


@checks(
    3,
    "Where the deployment requires If-Match, a change without it is 428 and changes nothing, if answers show the version; on a"
    " create If-Match is 400.",
    section=SECTION,
)
async def a_version_is_asked_for_where_one_is_required(case: Case, report: Report) -> None:
    world, resource = case
    client = await world.client()
    creating = await world.creating(resource)
    if creating is not None:
        report.problem(await creating.send(client, if_match='"1"'), 400, "invalid_header", "there is nothing yet to match")
    async for call in world.changes(resource):
        before = await world.log()
        with world.service.requiring_versions():
            if resource.has_version:
                report.problem(await call.send(client), 428, "precondition_required")
                report.same(f"{call}: events after a refused request", await world.log(), before)
                report.success(await call.send(client, if_match=f'"{call.version}"'), "with the version that is required")
            else:
                report.success(await call.send(client), "of a thing whose version nobody is shown")


@checks(
    3,
    "A read honours If-None-Match (304) and If-Match (412), and its ETag is the version.",
    section=SECTION,
)
async def a_read_honours_conditions(case: Case, report: Report) -> None:
    world, resource = case
    thing = await world.make(resource)
    call = await world.call(resource, "GET", thing)
    if call is None:
        return
    client, tag = await world.client(), f'"{await world.version(resource, thing)}"'
    if not (resource.has_etag and resource.has_version):
        report.same(f"{call}: ETag", (await call.send(client)).headers.get("etag"), None)
        return
    report.same(f"{call}: ETag", (await call.send(client)).headers.get("etag"), tag)
    for known in (tag, f"W/{tag}", f'"77", {tag}', "*"):
        answer = await call.send(client, if_none_match=known)
        report.same(f"{request_of(answer)}: status, body and ETag", _shape(answer), (304, b"", tag))
    report.success(await call.send(client, if_none_match='"77"'), "the copy is out of date")
    report.problem(await call.send(client, if_match='"77"'), 412, "stale_version")
    report.success(await call.send(client, if_match=tag))


def _shape(answer: httpx2.Response) -> tuple[int, bytes, str | None]:
    return answer.status_code, answer.content, answer.headers.get("etag")
