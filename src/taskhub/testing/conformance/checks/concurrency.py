"""Rules 9 and 10: many clients at once, and replies that are lost."""

from asyncio import gather
from collections.abc import Awaitable, Callable
from functools import partial

import httpx2

from taskhub.testing.conformance.faults import reply_lost
from taskhub.testing.conformance.rules import Report, answer_of, checks, request_of
from taskhub.testing.conformance.service import Event
from taskhub.testing.conformance.world import Call, Case, World

CLIENTS = 12
ROUNDS = 3
MAX_CALLS = 60
"""Of the driver, that one request may make."""
MAX_RETRIES = 8


@checks(
    9,
    "Patches without If-Match that are sent at once all survive: of different members, and of one; each is one version.",
    section="docs/api.md, “Optimistic locking”",
)
async def concurrent_patches_all_survive(case: Case, report: Report) -> None:
    world, resource = case
    if await world.patching(resource, await world.make(resource)) is None:
        return
    for _ in range(ROUNDS):
        await _check_different_members(case, report)
    if resource.text is not None:
        await _check_one_member(case, resource.text, report)


async def _check_different_members(case: Case, report: Report) -> None:
    world, resource = case
    client, thing = await world.client(), await world.make(resource)
    calls = [call for n in range(len(resource.patches)) if (call := await world.patching(resource, thing, n)) is not None]
    answers = await gather(*(call.send(client) for call in calls))
    after = await world.read(resource, thing)
    report.same("the version after patches of different members, sent at once", after["version"], 1 + len(answers))
    for call, answer in zip(calls, answers, strict=True):
        if report.success(answer, "sent at once with patches of other members"):
            for name in set(call.body or ()) & {*after}:
                report.same(f"{name} after patches of different members, sent at once", after[name], answer.json()[name])


async def _check_one_member(case: Case, text: str, report: Report) -> None:
    world, resource = case
    client, thing = await world.client(), await world.make(resource)
    path = await world.item(resource, thing)
    answers = await gather(*(client.patch(path, {text: f"client {number}"}) for number in range(CLIENTS)))
    for answer in answers:
        report.success(answer, f"one of {CLIENTS} that change `{text}` at once")
    versions = sorted(answer.json().get("version") for answer in answers if answer.is_success)
    report.same(f"the versions of {CLIENTS} patches at once", versions, [*range(2, CLIENTS + 2)])
    current = (await world.read(resource, thing))["version"]
    named = await gather(
        *(client.patch(path, {text: f"client {n} of {current}"}, if_match=f'"{current}"') for n in range(CLIENTS))
    )
    statuses = sorted(answer.status_code for answer in named)
    report.same(f"{CLIENTS} patches at once for one version", statuses, [200] + [412] * (CLIENTS - 1))


@checks(
    10,
    "A write whose reply is lost on its way from the database is done once: it is answered as done, or its retry with the same"
    " key is; without a key nobody is told `safe` of what was done.",
    section="docs/api.md, “Retried writes” and “Errors”",
)
async def a_write_whose_reply_is_lost_is_done_once(case: Case, report: Report) -> None:
    world, resource = case
    kinds: list[Callable[[], Awaitable[Call | None]]] = [partial(world.creating, resource)]
    if resource.patches:
        kinds.append(partial(_patching, case))
    kinds.append(partial(_deleting, case))
    for kind in kinds:
        call = await kind()
        if call is not None and call.operation.retryable:
            once = await _effect(world, call)
            for key in ("lost", None):
                await _check_every_loss(world, kind, once, key, report)


async def _patching(case: Case) -> Call | None:
    return await case.world.patching(case.resource, await case.world.make(case.resource))


async def _deleting(case: Case) -> Call | None:
    return await case.world.call(case.resource, "DELETE", await case.world.make(case.resource))


async def _effect(world: World, call: Call) -> list[str]:
    """The types of the events of a write that nothing happens to."""
    before = len(await world.log())
    answer = await call.send(await world.client())
    assert answer.is_success, f"{call}: {answer.text}"
    return [event["type"] for event in (await world.log())[before:]]


async def _check_every_loss(
    world: World, kind: Callable[[], Awaitable[Call | None]], once: list[str], key: str | None, report: Report
) -> None:
    """Loses the reply to the first call of the driver, to the second, and so on, until the write makes no more calls."""
    for number in range(MAX_CALLS):
        call = await kind()
        assert call is not None
        client, before = await world.client(), len(await world.log())
        keyed = {} if key is None else {"idempotency_key": f"{key} {call} {number}"}
        world.service.faults.inject(reply_lost, after=number, times=1, spares_connecting=True)
        answer = await call.send(client, **keyed)
        injected = world.service.faults.injected
        world.service.faults.clear()
        if not injected:
            return
        answer = await _retried(world, call, answer, keyed)
        events: list[Event] = (await world.log())[before:]
        seen = [event["type"] for event in events]
        what = f"{request_of(answer)}, whose reply {number + 1} from the database was lost"
        if answer.is_success:
            report.same(f"{what}: events", seen, once)
        else:
            _check_refusal(answer, seen, once, what, report)


async def _retried(world: World, call: Call, answer: httpx2.Response, keyed: dict[str, str]) -> httpx2.Response:
    """The last answer to a client that does what `retry` says."""
    allowed = {"safe", "same_key"} if keyed else {"safe"}
    for _ in range(MAX_RETRIES):
        if answer.status_code != 503 or answer.json().get("retry") not in allowed:
            break
        answer = await call.send(await world.client(), **keyed)
    return answer


def _check_refusal(answer: httpx2.Response, seen: list[str], once: list[str], what: str, report: Report) -> None:
    is_told = answer.status_code == 503 and answer.json().get("code") == "outcome_unknown"
    report.true(what, is_told and seen in ([], once), expected="success, or 503 `outcome_unknown`", seen=answer_of(answer))
