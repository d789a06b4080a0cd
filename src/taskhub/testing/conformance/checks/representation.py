"""Rules 5, 6 and 7: one representation, versions that grow by one, and a log that tells what happened."""

from typing import Any

import httpx2

from taskhub.kernel.application.event_types import UNLOGGED
from taskhub.testing.conformance.calls import ResourceCall
from taskhub.testing.conformance.checks.purges import tables_with
from taskhub.testing.conformance.events import faults_of, has_values
from taskhub.testing.conformance.resources import Json, Resource
from taskhub.testing.conformance.rules import Report, checks, difference, request_of
from taskhub.testing.conformance.service import Event
from taskhub.testing.conformance.world import Case, World

SECTION = "docs/api.md, “Responses”"


@checks(
    5,
    "The body of the POST, the PATCH, the GET, an item of the list and the snapshot in the log are the same JSON for the same"
    " version of the same thing; a create is 201 with Location and ETag, and each committed change adds 1 to the version.",
    section=SECTION,
)
async def a_thing_has_one_representation(case: Case, report: Report) -> None:
    world, resource = case
    creating = await world.creating(resource)
    if creating is not None:
        await _check_create(case, creating, report)
    thing = await world.make(resource)
    await _check_everywhere(case, thing, "made", report)
    patching = await world.call(resource, "PATCH", thing)
    report.same("whether there are `patches`", bool(resource.patches), patching is not None)
    for number in range(len(resource.patches)):
        thing = await _check_change(case, await world.patching(resource, thing, number), thing, report)
    for action in resource.actions:
        other = await world.make(resource)
        acting = await world.acting(resource, action, other)
        await _check_change(case, acting, await world.read(resource, other), report)
    await _check_delete(case, thing, report)


async def _check_create(case: Case, call: ResourceCall, report: Report) -> None:
    answer = await call.send(await case.world.client())
    if not report.success(answer):
        return
    world, resource = case
    thing = answer.json()
    version = await world.version(resource, thing)
    report.same(f"{call}: status and version", (answer.status_code, version), (201, 1))
    report.same(f"{call}: ETag", answer.headers.get("etag"), '"1"' if resource.has_etag else None)
    path = (await world.client()).path(await world.item(resource, thing))
    report.same(f"{call}: Location", answer.headers.get("location"), path)
    for secret in resource.secrets:
        if report.true(f"{call}: {secret}", thing.get(secret), expected="a secret", seen=thing.get(secret)):
            report.same(f"tables that have the {secret} as it is", await tables_with(world.service, thing[secret]), [])


async def _check_change(case: Case, call: ResourceCall | None, thing: Json, report: Report) -> Json:
    if call is None:
        return thing
    answer = await call.send(await case.world.client())
    if not report.success(answer) or not answer.content:
        return await case.world.read(case.resource, thing)
    changed: Json = answer.json()
    if await case.world.item(case.resource, changed) != await case.world.item(case.resource, thing):
        return thing
    report.same(f"{call}: version after one change", await case.world.version(case.resource, changed), call.version + 1)
    report.true(
        f"{call}: updated_at after a change",
        changed.get("updated_at", "") > thing.get("updated_at", "") or "updated_at" not in changed,
        expected=f"later than {thing.get('updated_at')}",
        seen=changed.get("updated_at"),
    )
    await _check_everywhere(case, changed, f"after {call}", report)
    return changed


async def _check_everywhere(case: Case, thing: Json, when: str, report: Report) -> None:
    world, resource = case
    read = await world.read(resource, thing)
    _same_thing(report, f"GET {when}, and what the write answered", read, thing)
    listed = await world.listed(resource, thing)
    if thing.get("deleted_at") is None and (report.same(f"how often it is in the list {when}", len(listed), 1)):
        _same_thing(report, f"the item of the list {when}, and GET", listed[0], read)
    if not resource.is_of_account:
        _same_thing(report, f"the snapshot {when}, and GET", await _logged(world, resource, thing), _without(read, resource))


async def _check_delete(case: Case, thing: Json, report: Report) -> None:
    world, resource = case
    call = await world.call(resource, "DELETE", thing)
    if call is None:
        return
    client = await world.client()
    answer = await call.send(client)
    if not report.success(answer):
        return
    report.same(f"{call}: status and body", (answer.status_code, answer.content), (204, b""))
    report.same("a deleted thing in the list", await world.listed(resource, thing), [])
    path = await world.item(resource, thing)
    if resource.is_kept:
        await _check_gone_and_shown(case, await client.get(path), report)
    elif await world.call(resource, "GET", thing) is not None:
        report.problem(await client.get(path), 404, "not_found", "it was deleted")
    if resource.retention_days is not None:
        await _check_gone_and_shown(case, await client.get(f"{path}?deleted=true"), report)


async def _check_gone_and_shown(case: Case, answer: httpx2.Response, report: Report) -> None:
    if report.success(answer, "it was deleted, and is still shown"):
        thing = answer.json()
        snapshot = await _logged(case.world, case.resource, thing)
        _same_thing(report, "the snapshot after its deletion, and GET", snapshot, _without(thing, case.resource))


def _same_thing(report: Report, what: str, one: Any, other: Any) -> None:
    if one != other:
        report.add(what, expected="the same JSON", seen=f"different {difference(one, other)}")


def _without(thing: Json, resource: Resource) -> Json:
    return {name: value for name, value in thing.items() if name not in resource.added}


async def _logged(world: World, resource: Resource, thing: Json) -> Any:
    """The snapshot that the log holds of a thing at its version."""
    version = await world.version(resource, thing)
    found = [event for event in await world.events(resource, thing) if event["entity_version"] == version]
    return found[0]["snapshot"] if found else f"no event of version {version}"


@checks(
    6,
    "A patch that changes nothing is 200 with the thing as it is: no new version, no event.",
    section="docs/api.md, “Versions”",
)
async def a_patch_that_changes_nothing_leaves_no_trace(case: Case, report: Report) -> None:
    world, resource = case
    thing, client = await world.make(resource), await world.client()
    for number in range(len(resource.patches)):
        first = await world.patching(resource, thing, number)
        if first is None:
            return
        changed, patch = await first.send(client), first.body or {}
        if not report.success(changed):
            continue
        before = await world.log()
        for body in (patch, {}, {name: changed.json()[name] for name in patch if name in changed.json()}):
            answer = await client.patch(first.path, body)
            report.success(answer, f"with {body}")
            report.same(f"{request_of(answer)} with {body}, which changes nothing", answer.text, changed.text)
            report.same(f"{request_of(answer)} with {body}: new events", (await world.log())[len(before) :], [])


@checks(
    7,
    "Each committed change appends one event per thing, of a declared type; the log has no gap; and replaying its `changes` gives"
    " the snapshot. The log of a user has no values.",
    section="docs/api.md, “Events”",
)
async def replaying_the_changes_gives_the_snapshot(case: Case, report: Report) -> None:
    world, resource = case
    await _live(case)
    await world.service.settle()
    log = await world.log()
    report.same("the numbers of the events", [event["seq"] for event in log], [*range(1, len(log) + 1)])
    catalogue = world.service.container.installed.catalogue
    for fault in faults_of(log, catalogue.events):
        report.add(f"an event that is not what its module declares: {fault}")
    by_thing: dict[str, list[Event]] = {}
    for event in log:
        by_thing.setdefault(event["entity_id"], []).append(event)
    seen = [events for events in by_thing.values() if events[0]["entity_type"] == resource.name]
    report.true(f"events of things of the type {resource.name}", seen, expected="some", seen="none")
    for events in seen:
        _check_order(case, events, report)
        if resource.is_of_account:
            values = [event["type"] for event in events if has_values(event)]
            report.same("events of a user's own things with values", values, [])
        else:
            _replay(events, report)


def _check_order(case: Case, events: list[Event], report: Report) -> None:
    """The versions of one thing have no gap, and whoever changed it is named."""
    # Whoever joins a workspace is the actor of that.
    by_others = 1 if case.resource.create is not None else 0
    for number, event in enumerate(events, start=1):
        what = f"{event['type']}, version {event['entity_version']}"
        report.same(f"{what}: the version of event {number} of the thing", event["entity_version"], number)
        if event["request_id"] is not None and number > by_others:
            report.same(f"{what}: actor_id", str(event["actor_id"]), case.world.owner.id)


async def _live(case: Case) -> None:
    """All that happens to things, to different ones and to the same."""
    world, resource = case
    client = await world.client()
    thing = await world.make(resource)
    for number in range(len(resource.patches)):
        await _do(await world.patching(resource, thing, number), case)
    for action in resource.actions:
        other = await world.make(resource)
        await _do(await world.acting(resource, action, other), case)
        await _do(await world.patching(resource, other), case)
    await _do(await world.call(resource, "DELETE", thing), case)
    if resource.retention_days is not None:
        await client.post(f"{await world.item(resource, thing)}/restore")


async def _do(call: ResourceCall | None, case: Case) -> None:
    if call is not None:
        await call.send(await case.world.client())


def _replay(events: list[Event], report: Report) -> None:
    known: Json = {}
    for event in events:
        what = f"{event['type']}, version {event['entity_version']}"
        for name, change in event["changes"].items():
            if not isinstance(change, list) or len(change) != 2:
                report.add(f"{what}: changes.{name}", expected="[before, after]", seen=change)
                return
            report.same(f"{what}: changes.{name}, before", change[0], known.get(name))
            report.true(f"{what}: changes.{name}", change[0] != change[1], expected="two different values", seen=change)
            known[name] = change[1]
        snapshot = event["snapshot"]
        if snapshot is not None:
            replayed = {name: known.get(name) for name in snapshot} | {
                name: snapshot[name] for name in UNLOGGED if name in snapshot
            }
            _same_thing(report, f"{what}: the changes so far, and the snapshot", replayed, snapshot)
