"""Rule 14: subscribers are called at least once, and may be killed at any moment."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from taskhub.kernel.application.subscriber import Subscriber
from taskhub.kernel.contract.events import Event
from taskhub.kernel.infrastructure.event_log.subscriptions import Subscription
from taskhub.testing.conformance.checks.purges import WORKSPACE_RETENTION
from taskhub.testing.conformance.checks.statements import owned_tables, tables_of
from taskhub.testing.conformance.faults import Call, FaultyConnection
from taskhub.testing.conformance.rules import Report, checks
from taskhub.testing.conformance.service import Service
from taskhub.testing.conformance.subject import Subject
from taskhub.testing.conformance.world import World

MAX_KILLS = 12
"""At so many moments, spread over all."""
UNLIMITED = 10_000
SECTION = "docs/architecture.md, “Where things are”"


class Effect(NamedTuple):
    """What was done in a workspace: how many events of each type, how many rows in each table of the module."""

    events: Counter[str]
    rows: dict[str, int]


async def _effect(subject: Subject, world: World) -> Effect:
    rows = {}
    for table, column in owned_tables(tables_of(subject.module)).items():
        async with subject.service.database.connection() as connection:
            sql = f'SELECT count(*) FROM "{table}" WHERE "{column}" = $1::text::uuid'  # noqa: S608  # Names of tables of ours.
            rows[table] = await connection._driver.fetchval(sql, world.id)
    return Effect(Counter(event["type"] for event in await world.log()), rows)


async def _happen(subject: Subject, *, only_triggers: bool = False) -> World:
    """All that can be done to the module's resources, and what else its author says: without any reaction to it yet."""
    world = await World.create(subject.service)
    for resource in () if only_triggers and subject.declared.triggers else subject.declared.resources:
        if not resource.collection.startswith("/"):
            await subject.live(world, resource)
    for trigger in subject.declared.triggers:
        await trigger(world)
    return world


def _subscriptions(
    service: Service, module: str, wrapped: Callable[[Subscriber], Subscriber] | None = None
) -> list[Subscription]:
    """New ones, which remember nothing: as those of a process that was just started."""
    shared = (service.database, service.container.notifier(), service.clock)
    runner = service.container.modules[module].runner()
    found = [subscriber for name, subscriber in service.container.subscribers() if name == module]
    return [Subscription(wrapped(one) if wrapped else one, runner, *shared) for one in found]


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
    "An event that a subscriber is called with again changes nothing more.",
    section=SECTION,
)
async def an_event_that_comes_twice_counts_once(subject: Subject, report: Report) -> None:
    service, name = subject.service, subject.module.name
    effects = []
    for wrapped in (_as_it_is, Twice):
        world = await _happen(subject)
        await service.settle(_subscriptions(service, name, wrapped))
        report.same("events that a subscriber can't handle", await _parked(service, world), [])
        alive = await _effect(subject, world)
        assert (await (await world.client()).delete(f"/v1/workspaces/{world.id}")).is_success
        await service.purge(WORKSPACE_RETENTION * 2, _subscriptions(service, name, wrapped))
        report.same("events of a purged workspace that a subscriber can't handle", await _parked(service, world), [])
        effects.append((alive, await _effect(subject, world)))
    once, twice = effects
    _compare(report, "when each event comes twice", twice[0], once[0])
    _compare(report, "in a purged workspace when each event comes twice", twice[1], once[1])


def _as_it_is(subscriber: Subscriber) -> Subscriber:
    return subscriber


def _compare(report: Report, when: str, seen: Effect, expected: Effect) -> None:
    for type_ in sorted({*seen.events, *expected.events}):
        report.same(f"events of the type {type_} {when}", seen.events[type_], expected.events[type_])
    report.same(f"rows {when}", seen.rows, expected.rows)


async def _process_killed(connection: FaultyConnection | None, call: Call) -> Any:
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
    service, name = subject.service, subject.module.name
    if not [one for module, one in service.container.subscribers() if module == name]:
        return
    undisturbed = await _happen(subject, only_triggers=True)
    calls = await _calls_until_killed(subject, UNLIMITED)
    await service.settle()
    expected = await _effect(subject, undisturbed)
    for number in range(0, calls, max(1, -(-calls // MAX_KILLS))):
        world = await _happen(subject, only_triggers=True)
        await _calls_until_killed(subject, number)
        await service.settle()
        report.same(f"events that no subscriber can handle, killed at call {number}", await _parked(service, world), [])
        _compare(report, f"after a process was killed at call {number + 1} of {calls}", await _effect(subject, world), expected)


async def _calls_until_killed(subject: Subject, number: int) -> int:
    """Runs the subscribers as another process would, which is killed at that call of the driver. Returns how many it made."""
    async with subject.service.another_process() as victim:
        victim.faults.inject(_process_killed, after=number, times=UNLIMITED)
        try:
            for subscription in _subscriptions(victim, subject.module.name):
                await subscription.catch_up()
        except asyncio.CancelledError:
            pass
        return victim.faults.calls
