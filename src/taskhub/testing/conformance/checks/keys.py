"""Rule 4: retried writes."""

from asyncio import gather as gathered
from collections.abc import AsyncIterator, Sequence
from functools import partial

import httpx2

from taskhub.testing.conformance.calls import ResourceCall, retried
from taskhub.testing.conformance.rules import Report, checks, request_of
from taskhub.testing.conformance.world import Case, World

SECTION = "docs/api.md, “Retries”"
KEPT = ("etag", "location", "content-location", "content-type")


async def keyed(case: Case) -> AsyncIterator[ResourceCall]:
    if case.resource.is_retryable:
        async for call in case.world.writes(case.resource):
            yield call


def _replayed(report: Report, first: httpx2.Response, again: httpx2.Response, what: str = "") -> None:
    told = f"{request_of(again)}{f' ({what})' if what else ''}"
    report.same(f"{told}: Idempotency-Replayed", again.headers.get("idempotency-replayed"), "true")
    report.same(f"{told}: status and body", (again.status_code, again.content), (first.status_code, first.content))
    for name in KEPT:
        report.same(f"{told}: {name}", again.headers.get(name), first.headers.get(name))


@checks(
    4,
    "The same Idempotency-Key again: the first answer, byte for byte, with `Idempotency-Replayed: true`; nothing is done again."
    " It is looked up before 428 and everything after it, however the thing has moved on. Where answers hold a secret the key"
    " means nothing.",
    section=SECTION,
)
async def a_retried_write_is_replayed(case: Case, report: Report) -> None:
    world = case.world
    client = await world.client()
    if not case.resource.is_retryable:
        await _check_no_replay(case, report)
    async for call in keyed(case):
        key = f"key of {call}"
        matching = {"if_match": f'"{call.version}"'} if call.changes else {}
        first = await call.send(client, idempotency_key=key, **matching)
        if not report.success(first):
            continue
        after = await world.log()
        _replayed(report, first, await call.send(client, idempotency_key=key, **matching), "the version is over")
        with world.service.requiring_versions():
            _replayed(report, first, await call.send(client, idempotency_key=key), "before 428")
        report.same(f"{call}: events after its replays", await world.log(), after)
        thing = first.json() if call.operation.creates else call.params
        if (await client.delete(await world.item(case.resource, dict(thing)))).is_success:
            _replayed(report, first, await call.send(client, idempotency_key=key), "the thing is gone")


async def _check_no_replay(case: Case, report: Report) -> None:
    """What holds a secret is not kept to be answered again: the key means nothing."""
    world, resource = case
    client = await world.client()
    for _ in range(2):
        call = await world.creating(resource)
        if call is not None:
            answer = await call.send(client, idempotency_key="a key that means nothing")
            if report.success(answer, "its key means nothing"):
                replayed = answer.headers.get("idempotency-replayed")
                report.same(f"{request_of(answer)}: Idempotency-Replayed", replayed, None)


@checks(
    4,
    "A key that was used for another request (another path or body) is 422 `idempotency_key_reused`, and nothing is done.",
    section=SECTION,
)
async def a_key_is_for_one_request(case: Case, report: Report) -> None:
    world = case.world
    client = await world.client()
    others = keyed(case)
    async for call in keyed(case):
        key = f"one key of {call}"
        is_done = report.success(await call.send(client, idempotency_key=key))
        other = await anext(others)
        before = await world.log()
        answer = await other.send(client, idempotency_key=key)
        if is_done:
            report.problem(answer, 422, "idempotency_key_reused", "its key was used for another request")
            report.same(f"{call}: events after a key that was used", await world.log(), before)


@checks(
    4,
    "Keys are kept with the change: a key that was refused is free, and one that is sent many times at once is done once.",
    section=SECTION,
)
async def a_key_that_is_sent_at_once_is_done_once(case: Case, report: Report) -> None:
    world = case.world
    async for call in keyed(case):
        await _check_at_once(world, call, report)


@checks(
    4,
    "Whatever takes a key works as a dry run and in a batch: with the status and the ETag that it has alone. A dry run changes"
    " nothing, and names the changes that the write then makes.",
    section="docs/writing-together.md, “Writes that go together”",
)
async def a_write_can_be_tried_out_and_batched(case: Case, report: Report) -> None:
    async for call in keyed(case):
        if not case.resource.is_of_account:
            await _check_together(case.world, call, report)


async def _check_together(world: World, call: ResourceCall, report: Report) -> None:
    client, before = await world.client(), await world.log()
    tried = await client.send(call.method, f"{call.path}?dry_run=true", call.body)
    if not report.success(tried):
        return
    report.same(f"{request_of(tried)}: events after it", await world.log(), before)
    operation = {"method": call.method, "path": f"/{call.path}", **({} if call.body is None else {"body": call.body})}
    batch = await client.post("batch", {"operations": [operation]})
    if not report.success(batch, f"with {call}"):
        return
    (result,), expected = batch.json()["results"], tried.json()
    for name in ("status", "etag"):
        report.same(f"{call} in a batch: {name}", result[name], expected[name])
    made = [(event["type"], event["entity_version"]) for event in (await world.log())[len(before) :]]
    report.same(f"{call}: changes", made, [(one["type"], one["entity_version"]) for one in expected["changes"]])


async def _check_at_once(world: World, call: ResourceCall, report: Report) -> None:
    client, before, key = await world.client(), len(await world.log()), f"at once {call}"
    refused = await client.send(call.method, f"{call.path}?surprise=1", call.body, idempotency_key=key)
    report.problem(refused, 422, "validation_failed")
    send = partial(call.send, client, idempotency_key=key)
    answers: Sequence[httpx2.Response] = await gathered(*(retried(send, has_key=True) for _ in range(6)))
    for answer in answers:
        report.success(answer, "sent six times at once with one key")
    report.same(f"{call}: different answers to one key", len({answer.content for answer in answers}), 1)
    replayed = sum("idempotency-replayed" in answer.headers for answer in answers)
    report.same(f"{call}: replays of six", replayed, 5)
    events = (await world.log())[before:]
    things = [(event["entity_id"], event["type"]) for event in events]
    report.same(f"{call}: events of one thing, of one kind", len(things), len({*things}))
