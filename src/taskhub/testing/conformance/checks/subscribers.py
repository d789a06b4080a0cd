"""Rule 14: subscribers are called at least once, and may be killed at any moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from taskhub.kernel.application.subscriber import Subscriber
from taskhub.kernel.contract.events import Event
from taskhub.kernel.infrastructure.event_log import subscription_statements as statements
from taskhub.kernel.infrastructure.event_log.subscriptions import Subscription
from taskhub.testing.conformance.checks.purges import LATER, WORKSPACE_RETENTION
from taskhub.testing.conformance.checks.statements import owned_tables, tables_of
from taskhub.testing.conformance.faults import DriverCall, FaultInjectingConnection
from taskhub.testing.conformance.rules import Report, checks
from taskhub.testing.conformance.service import Service
from taskhub.testing.conformance.subject import Subject
from taskhub.testing.conformance.world import World

MAX_KILLS = 12
"""In each phase, spread over all moments at which something was just stored."""
LOOKED_AT = {statements.INSERT_POSITION.sql, statements.SKIP_EVENTS.sql}
"""By these the kernel stores how far a subscriber has looked where nothing was for it."""
UNLIMITED = 10_000
SECTION = "docs/architecture.md, “Where things are”"


class WorkspaceCounts(NamedTuple):
    """What was done in a workspace: how many events of each type, how many rows in each table of the module."""

    events: Counter[str]
    rows: dict[str, int]


async def _counts(subject: Subject, world: World) -> WorkspaceCounts:
    rows = {}
    for table, column in owned_tables(tables_of(subject.module)).items():
        async with subject.service.database.connection() as connection:
            sql = f'SELECT count(*) FROM "{table}" WHERE "{column}" = $1::text::uuid'  # noqa: S608  # Names of tables of ours.
            rows[table] = await connection._driver.fetchval(sql, world.id)
    return WorkspaceCounts(Counter(event["type"] for event in await world.log()), rows)


Happening = Callable[[World], Awaitable[None]]


def _of_resources(subject: Subject) -> list[Happening]:
    """All that can be done to the module's resources, by resource."""
    return [partial(subject.live, resource=one) for one in subject.declared.resources if not one.is_of_account]


async def _phases(subject: Subject, world: World, happenings: Sequence[Happening]) -> AsyncIterator[str]:
    """Has something happen in a workspace, purges what is trashed there, and in the end the workspace. Stops after each, when no
    subscriber has reacted yet.
    """
    service = subject.service
    for happening in happenings:
        await happening(world)
    yield "in a workspace where something has happened"
    retention = max([WORKSPACE_RETENTION, *(timedelta(days=one.retention_days or 0) for one in subject.declared.resources)])
    await service.purge_without_reactions(retention + LATER)
    yield "in a workspace whose trash was purged"
    answer = await (await world.client()).delete(f"/v1/workspaces/{world.id}")
    assert answer.is_success, answer.text
    await service.purge_without_reactions(WORKSPACE_RETENTION + LATER)
    yield "in a purged workspace"


def _subscriptions(
    service: Service, module: str, wrapped: Callable[[Subscriber], Subscriber] | None = None
) -> list[Subscription]:
    """New ones, which remember nothing: as those of a process that was just started."""
    shared = (service.database, service.container.notifier(), service.clock)
    runner = service.container.modules[module].runner()
    return [Subscription(wrapped(one) if wrapped else one, runner, *shared) for one in _subscribers(service, module)]


def _subscribers(service: Service, module: str) -> list[Subscriber]:
    return [subscriber for name, subscriber in service.container.subscribers() if name == module]


class Twice:
    """A subscriber that is called with each event once more after it was handled, in another transaction."""

    def __init__(self, subscriber: Subscriber) -> None:
        self.name = subscriber.name
        self.types = subscriber.types
        self._subscriber = subscriber
        self._handled: set[UUID] = set()

    async def handle(self, event: Event, uow: Any) -> bool:
        is_done = await self._subscriber.handle(event, uow)
        is_again = event.id in self._handled
        if is_done:
            self._handled.add(event.id)
        return is_done and is_again


async def _parked(service: Service, world: World) -> list[str]:
    async with service.database.connection() as connection:
        sql = (
            "SELECT subscriber || ': ' || error FROM parked_events WHERE stream_id = $1::text::uuid"
            " UNION SELECT subscriber || ' fails' FROM subscriptions WHERE stream_id = $1::text::uuid AND failures > 0"
        )
        return [record[0] for record in await connection._driver.fetch(sql, world.id)]


@checks(
    14,
    "An event that a subscriber is called with again changes nothing more. Of the types that it subscribes to at least one occurs"
    " where things are made and changed as declared, and by `triggers`.",
    section=SECTION,
)
async def an_event_that_comes_twice_counts_once(subject: Subject, report: Report) -> None:
    service, name = subject.service, subject.module.name
    happenings = [*_of_resources(subject), *subject.declared.triggers]
    await service.settle()
    since = service.clock()
    once, twice = [await _counts_by_phase(subject, happenings, wrapped, report) for wrapped in (_as_it_is, Twice)]
    for when, expected in once.items():
        _compare(report, f"{when}, when each event comes twice", twice[when], expected)
    occurred = await service.event_types(since)
    for subscriber in _subscribers(service, name):
        told = f"events that {subscriber.name} subscribes to ({', '.join(sorted(subscriber.types))})"
        report.true(told, occurred & subscriber.types, expected="one that occurs: see `triggers`", seen="none")


async def _counts_by_phase(
    subject: Subject, happenings: Sequence[Happening], wrapped: Callable[[Subscriber], Subscriber], report: Report
) -> dict[str, WorkspaceCounts]:
    world, counts = await World.create(subject.service), {}
    async for when in _phases(subject, world, happenings):
        await subject.service.settle(_subscriptions(subject.service, subject.module.name, wrapped))
        report.same(f"events that a subscriber can't handle {when}", await _parked(subject.service, world), [])
        counts[when] = await _counts(subject, world)
    return counts


def _as_it_is(subscriber: Subscriber) -> Subscriber:
    return subscriber


def _compare(report: Report, when: str, seen: WorkspaceCounts, expected: WorkspaceCounts) -> None:
    for type_ in sorted({*seen.events, *expected.events}):
        report.same(f"events of the type {type_} {when}", seen.events[type_], expected.events[type_])
    report.same(f"rows {when}", seen.rows, expected.rows)


async def _process_killed(connection: FaultInjectingConnection | None, call: DriverCall) -> Any:
    """The server hears no more of the process, and undoes what was not committed."""
    if connection is not None:
        connection.terminate()
    raise asyncio.CancelledError


@checks(
    14,
    "A process may be killed at any moment: what the next one does comes to the same, nothing is missed and nothing done twice.",
    section=SECTION,
)
async def a_process_may_be_killed_at_any_moment(subject: Subject, report: Report) -> None:
    if not _subscribers(subject.service, subject.module.name):
        return
    await subject.service.settle()
    happenings, undisturbed = await _undisturbed(subject)
    for number in range(max((len(phase.moments) for phase in undisturbed.values()), default=0)):
        world = await World.create(subject.service)
        last = [when for when, phase in undisturbed.items() if number < len(phase.moments)][-1]
        async for when in _phases(subject, world, happenings):
            phase = undisturbed[when]
            if number < len(phase.moments):
                await _run_until_killed(subject, phase.moments[number])
            await subject.service.settle()
            told = f"{when}, when a process was killed after {phase.moments[number : number + 1] or 'no'} calls of the driver"
            report.same(f"events that no subscriber can handle {told}", await _parked(subject.service, world), [])
            _compare(report, told, await _counts(subject, world), phase.counts)
            if when == last:
                break


class Phase(NamedTuple):
    """What comes of a phase where no process is killed, and when one could be: after so many calls of the driver something was
    stored. What happens between two of them is undone with the process.
    """

    counts: WorkspaceCounts
    moments: list[int]


async def _undisturbed(subject: Subject) -> tuple[list[Happening], dict[str, Phase]]:
    """What makes the subscribers work, and what comes of it: the triggers, and of the resources those that bring something
    that is still missing.
    """
    happenings: list[Happening] = [*subject.declared.triggers]
    phases, missing = await _observed(subject, happenings, _subscribers(subject.service, subject.module.name))
    if not missing:
        return happenings, phases
    for happening in _of_resources(subject):
        _, still_missing = await _observed(subject, [happening], missing)
        if len(still_missing) < len(missing):
            happenings.append(happening)
        missing = still_missing
    phases, _ = await _observed(subject, happenings, [])
    return happenings, phases


async def _observed(
    subject: Subject, happenings: Sequence[Happening], missing: Sequence[Subscriber]
) -> tuple[dict[str, Phase], list[Subscriber]]:
    """The phases, and which of the subscribers none of the events is for."""
    service, phases = subject.service, {}
    wanted = {type_ for one in _subscribers(service, subject.module.name) for type_ in one.types}
    world, since = await World.create(service), service.clock()
    async for when in _phases(subject, world, happenings):
        occurred = await service.event_types(since)
        stored = await _run_until_killed(subject, UNLIMITED)
        await service.settle()
        phases[when] = Phase(await _counts(subject, world), _spread(stored) if wanted & occurred else [])
        missing = [one for one in missing if not one.types & occurred]
        since = service.clock()
    return phases, [*missing]


def _spread(moments: list[int]) -> list[int]:
    """So many of them as are tried at most."""
    step = max(1, len(moments) / MAX_KILLS)
    return [moments[int(number * step)] for number in range(min(MAX_KILLS, len(moments)))]


async def _run_until_killed(subject: Subject, calls: int) -> list[int]:
    """Runs the subscribers as another process would, which is killed after so many calls of the driver. Returns after how many
    it stored something each time, beside how far it has looked.
    """
    async with subject.service.another_process() as victim:
        victim.faults.inject(_process_killed, after=calls, times=UNLIMITED)
        with suppress(asyncio.CancelledError):
            for subscription in _subscriptions(victim, subject.module.name):
                await subscription.catch_up()
        return [number for number, sql in victim.faults.stored if sql not in LOOKED_AT]
