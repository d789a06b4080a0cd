"""Rules 1 and 2: who may do what, in which order refusals come, and that nobody can tell what is there for others."""

import re
from uuid import uuid4

import httpx2

from taskhub.testing.conformance.calls import Client, ResourceCall
from taskhub.testing.conformance.rules import Report, answer_of, checks, request_of
from taskhub.testing.conformance.world import ROLES, SCOPE_OF, Case, World

SCOPES = ("read", "write", "admin")
WRONG_SHAPE = "?surprise=1"
STALE = '"77"'


async def every_call(case: Case) -> list[ResourceCall]:
    """One of each kind, on one thing: none of them is to succeed."""
    world, resource = case
    thing = await world.make(resource)
    found = [await world.call(resource, "GET"), await world.call(resource, "GET", thing), await world.creating(resource)]
    found.append(await world.patching(resource, thing))
    found += [await world.acting(resource, action, await world.make(resource)) for action in resource.actions]
    found.append(await world.call(resource, "DELETE", thing))
    return [call for call in found if call is not None]


async def _sent(call: ResourceCall, client: Client, query: str = "", path: str = "", **headers: str) -> httpx2.Response:
    return await client.send(call.method, (path or call.path) + query, call.body, **headers)


@checks(
    1,
    "Refusals come in the order 400, 401, 404 of the workspace, 403, 422, 428, 404 of the thing, 412, for each role and scope.",
    section="docs/api.md, “Order of checks”",
)
async def refusals_come_in_order(case: Case, report: Report) -> None:
    world = case.world
    for call in await every_call(case):
        await _check_who_may(world, call, report)
        if call.operation.writes:
            broken = await world.nobody().http.request(
                call.method, world.nobody().path(call.path), content=b'{"a":', headers={"content-type": "application/json"}
            )
            report.problem(broken, 400, "malformed_json", "before the credential is asked for")
        if call.changes:
            await _check_order_on_a_thing(case, call, report)


async def _check_who_may(world: World, call: ResourceCall, report: Report) -> None:
    """The query is wrong, so that whoever may is told that, and nothing is done."""
    answer = await _sent(call, world.nobody(), WRONG_SHAPE)
    report.problem(answer, 401, "not_authenticated", "without a credential")
    report.same(f"{request_of(answer)}: WWW-Authenticate", answer.headers.get("www-authenticate"), "Bearer")
    answer = await _sent(call, world.nobody("thub_unknown"), WRONG_SHAPE)
    report.problem(answer, 401, "invalid_token", "with an unknown token")
    if world.is_of_account:
        await _check_session(world, call, report)
        return
    answer = await _sent(call, await world.stranger(), WRONG_SHAPE)
    report.problem(answer, 404, "not_found", "by somebody who is no member")
    for role in ROLES:
        answer = await _sent(call, await world.client(role), WRONG_SHAPE)
        may = ROLES.index(role) >= ROLES.index(call.role)
        report.problem(answer, *((422, "validation_failed") if may else (403, "not_allowed")), f"by the role {role}")
    for scope in SCOPES:
        answer = await _sent(call, await world.client(scope=scope), WRONG_SHAPE)
        needed = SCOPE_OF[call.role] if call.operation.writes else "read"
        if SCOPES.index(scope) >= SCOPES.index(needed):
            report.problem(answer, 422, "validation_failed", f"with the scope {scope}")
        elif report.problem(answer, 403, "insufficient_scope", f"with the scope {scope}"):
            challenge = answer.headers.get("www-authenticate", "")
            report.true(f"{request_of(answer)}: its challenge names the scope", f'scope="{needed}"' in challenge, seen=challenge)


async def _check_session(world: World, call: ResourceCall, report: Report) -> None:
    """What is of an account is of whoever has signed in: no token is good for it, whatever its scope."""
    report.problem(await _sent(call, await world.client(), WRONG_SHAPE), 422, "validation_failed", "signed in")
    for scope in SCOPES:
        answer = await _sent(call, await world.client(scope=scope), WRONG_SHAPE)
        report.problem(answer, 403, "not_allowed", f"with a token of the scope {scope}")


async def _check_order_on_a_thing(case: Case, call: ResourceCall, report: Report) -> None:
    world, resource = case
    client = await world.client()
    elsewhere = call.path_with(**{name: str(uuid4()) for name in call.own})
    with world.service.requiring_versions():
        answer = await _sent(call, client, WRONG_SHAPE)
        report.problem(answer, 422, "validation_failed", "the shape comes before the missing If-Match")
        answer = await _sent(call, client, path=elsewhere)
        told = (428, "precondition_required") if resource.has_version else (404, "not_found")
        report.problem(answer, *told, "a missing If-Match comes before a missing thing, where one is required")
    answer = await _sent(call, client, path=elsewhere, if_match=STALE)
    report.problem(answer, 404, "not_found", "a missing thing comes before a stale version")
    answer = await _sent(call, client, if_match=STALE)
    report.problem(answer, 412, "stale_version", "a stale version comes before what the rules say")


@checks(
    1,
    "Who has the least role and scope for it may do it.",
    section="docs/api.md, “Members”",
)
async def the_least_right_is_enough(case: Case, report: Report) -> None:
    world, resource = case
    for method in ("POST", "PATCH", "DELETE"):
        role = resource.role_for(method)
        client = await _with_least_right(world, role)
        maker = client if resource.is_personal and resource.role_for("POST") in ROLES[: ROLES.index(role) + 1] else None
        call = await _least(case, method, maker, client)
        if call is not None:
            report.success(await call.send(client), f"by the role {role} with the scope {SCOPE_OF[role]}")
    viewer = await _with_least_right(world, "viewer")
    thing = await world.make(resource)
    for call in (await world.call(resource, "GET"), await world.call(resource, "GET", thing)):
        if call is not None and resource.role_for("GET") == "viewer":
            report.success(await call.send(viewer), "by the role viewer with the scope read")


async def _with_least_right(world: World, role: str) -> Client:
    return await world.client() if world.is_of_account else await world.client(role, SCOPE_OF[role])


async def _least(case: Case, method: str, maker: Client | None, client: Client) -> ResourceCall | None:
    world, resource = case
    if method == "POST":
        return await world.creating(resource, client)
    thing = await world.make(resource, maker)
    if method == "PATCH":
        return await world.patching(resource, thing)
    return await world.call(resource, "DELETE", thing)


def _told_apart(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str]]:
    """All that a client could tell answers apart by, but for the id of the request."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-request-id", "date")}
    return answer.status_code, re.sub(rb'"request_id":"[^"]*"', b"", answer.content), headers


@checks(
    2,
    "A foreign thing, a missing one and a malformed id are answered alike, byte for byte but for the request_id: 404.",
    section="docs/api.md, “Problems”",
)
async def foreign_missing_and_malformed_look_alike(case: Case, report: Report) -> None:
    world, resource = case
    other = await World.create(world.service, resource)
    theirs = await other.make(resource)
    foreign = {**await other.parents(resource), **theirs}
    owner, stranger = await world.client(), await world.stranger()
    for call in await every_call(case):
        if not world.is_of_account:
            paths = [f"/v1/workspaces/{id}/{call.path}" for id in (world.id, str(uuid4()), "7")]
            await _check_alike(call, stranger, paths, report, "a workspace")
        for name in call.own:
            paths = [call.path_with(**{name: str(value)}) for value in (foreign[name], uuid4(), "7")]
            await _check_alike(call, owner, paths, report, f"the {name} of somebody else")


async def _check_alike(call: ResourceCall, client: Client, paths: list[str], report: Report, what: str) -> None:
    answers = [await _sent(call, client, path=path) for path in paths]
    for answer, kind in zip(answers, (what, f"{what}, missing", f"{what}, malformed"), strict=True):
        report.problem(answer, 404, "not_found", kind)
    for answer in answers[1:]:
        if _told_apart(answer) != _told_apart(answers[0]):
            report.add(f"{request_of(answers[0])} ({what})", expected=f"as {answer_of(answer)}", seen=answer_of(answers[0]))
