"""Rules 9 and 10: many clients at once, and replies that are lost."""

from asyncio import gather
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

import httpx2

from taskhub.testing.conformance.calls import ResourceCall, retried
from taskhub.testing.conformance.faults import reply_lost
from taskhub.testing.conformance.rules import Report, answer_of, checks, request_of
from taskhub.testing.conformance.world import Case

CLIENTS = 12
ROUNDS = 3
MAX_CALLS = 60
"""Of the driver, that one request may make."""


@checks(
    9,
    "Patches without If-Match that are sent at once all survive: of different members, and of one; each is one version.",
    section="docs/api.md, “Versions”",
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
    before = await world.version(resource, thing)
    calls = [call for n in range(len(resource.patches)) if (call := await world.patching(resource, thing, n)) is not None]
    answers = await gather(*(retried(partial(call.send, client)) for call in calls))
    after = await world.read(resource, thing)
    done = await world.version(resource, after) - before
    report.same("versions that patches of different members have made, sent at once", done, len(answers))
    for call, answer in zip(calls, answers, strict=True):
        if report.success(answer, "sent at once with patches of other members"):
            for name in set(call.body or ()) & {*after}:
                report.same(f"{name} after patches of different members, sent at once", after[name], answer.json()[name])


async def _check_one_member(case: Case, text: str, report: Report) -> None:
    world, resource = case
    client, thing = await world.client(), await world.make(resource)
    path, first = await world.item(resource, thing), await world.version(resource, thing) + 1

    async def patch(text_sent: str, **headers: str) -> httpx2.Response:
        return await retried(partial(client.patch, path, {text: text_sent}, **headers))

    answers = await gather(*(patch(f"client {number}") for number in range(CLIENTS)))
    for answer in answers:
        report.success(answer, f"one of {CLIENTS} that change `{text}` at once")
    versions = sorted(answer.json().get("version") for answer in answers if answer.is_success)
    report.same(f"the versions of {CLIENTS} patches at once", versions, [*range(first, first + CLIENTS)])
    current = await world.version(resource, await world.read(resource, thing))
    named = await gather(*(patch(f"client {n} of {current}", if_match=f'"{current}"') for n in range(CLIENTS)))
    statuses = sorted(answer.status_code for answer in named)
    report.same(f"{CLIENTS} patches at once for one version", statuses, [200] + [412] * (CLIENTS - 1))


@checks(
    10,
    "A write whose reply is lost on its way from the database is done once: it is answered as done, or its retry with the same"
    " key is; without a key nobody is told `safe` of what was done.",
    section="docs/api.md, “Retries”",
)
async def a_write_whose_reply_is_lost_is_done_once(case: Case, report: Report) -> None:
    world, resource = case
    kinds: list[Callable[[], Awaitable[ResourceCall | None]]] = [partial(world.creating, resource)]
    if resource.patches:
        kinds.append(partial(_patching, case))
    kinds.append(partial(_deleting, case))
    for kind in kinds:
        call = await kind()
        if call is not None:
            once = await _effect(case, call)
            for key in ("lost", None) if resource.is_retryable else (None,):
                await _check_every_loss(case, kind, once, key, report)


async def _patching(case: Case) -> ResourceCall | None:
    return await case.world.patching(case.resource, await case.world.make(case.resource))


async def _deleting(case: Case) -> ResourceCall | None:
    return await case.world.call(case.resource, "DELETE", await case.world.make(case.resource))


class WriteEffect(NamedTuple):
    """What a write has done: the types of its events, and how many things there are more in the list after a create."""

    events: tuple[str, ...]
    listed: int


NOTHING = WriteEffect((), 0)


class Before(NamedTuple):
    """What was there before a write."""

    events: int
    listed: int

    @classmethod
    async def of(cls, case: Case, call: ResourceCall) -> "Before":
        return cls(len(await case.world.log()), await _listed(case, call))

    async def effect(self, case: Case, call: ResourceCall) -> WriteEffect:
        events = (await case.world.log())[self.events :]
        return WriteEffect(tuple(event["type"] for event in events), await _listed(case, call) - self.listed)


async def _listed(case: Case, call: ResourceCall) -> int:
    return len(await case.world.items(case.resource)) if call.operation.creates else 0


async def _effect(case: Case, call: ResourceCall) -> WriteEffect:
    """What a write does that nothing happens to."""
    before = await Before.of(case, call)
    answer = await call.send(await case.world.client())
    assert answer.is_success, f"{call}: {answer.text}"
    return await before.effect(case, call)


async def _check_every_loss(
    case: Case, kind: Callable[[], Awaitable[ResourceCall | None]], once: WriteEffect, key: str | None, report: Report
) -> None:
    """Loses the reply to the first call of the driver, to the second, and so on, until the write makes no more calls."""
    world = case.world
    for number in range(MAX_CALLS):
        call = await kind()
        assert call is not None
        client, before = await world.client(), await Before.of(case, call)
        keyed = {} if key is None else {"idempotency_key": f"{key} {call} {number}"}
        world.service.faults.inject(reply_lost, after=number, times=1, spares_connecting=True)
        answer = await call.send(client, **keyed)
        injected = world.service.faults.injected
        world.service.faults.clear()
        if not injected:
            return
        answer = await retried(partial(call.send, client, **keyed), has_key=key is not None, first=answer)
        effect = await before.effect(case, call)
        what = f"{request_of(answer)}, whose reply {number + 1} from the database was lost"
        if answer.is_success:
            report.same(f"{what}: its events, and how many more are in the list", effect, once)
        else:
            is_told = answer.status_code == 503 and answer.json().get("code") == "outcome_unknown"
            expected = "success, or 503 `outcome_unknown`"
            report.true(what, is_told and effect in (NOTHING, once), expected=expected, seen=answer_of(answer))
