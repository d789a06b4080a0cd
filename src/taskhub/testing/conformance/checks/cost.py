"""Rule 11: how often a request goes to the database."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count

from taskhub.testing.conformance.calls import ResourceCall
from taskhub.testing.conformance.resources import Action
from taskhub.testing.conformance.round_trips import recording_round_trips
from taskhub.testing.conformance.rules import Report, checks
from taskhub.testing.conformance.world import Case, World

TRIES = 3
"""Of which the cheapest counts: on a slow machine what the process remembers of a caller is over now and then, and read again."""
SIZES = (0, 3, 12)
LIMITS = {"GET": 1, "LIST": 1, "POST": 2, "PATCH": 2}

NewCall = Callable[[], Awaitable[ResourceCall | None]]


@checks(
    11,
    "A warm request goes to the database once to read a thing or a list, at most twice to create or patch one, and for anything"
    " else as often as the resource declares; a list as often whatever its length.",
    section="docs/conformance.md, “11. Round trips”",
)
async def round_trips_stay_within_their_budget(case: Case, report: Report) -> None:
    world, resource = case
    limits, lengths = {**LIMITS, **resource.round_trips}, count(SIZES[-1])
    for size in SIZES:
        while len(await world.items(resource)) < size:
            await world.make(resource)
        await _check(f"LIST of {size}", partial(_listing, case, lengths), limits["LIST"], world, report)
    for name, kind in _kinds(case).items():
        if name in limits:
            await _check(name, kind, limits[name], world, report)


def _kinds(case: Case) -> dict[str, NewCall]:
    """What makes each kind of request, on a new thing each time."""
    world, resource = case
    return {
        "GET": partial(_on_new, case, "GET"),
        "POST": partial(world.creating, resource),
        "DELETE": partial(_on_new, case, "DELETE"),
        "PATCH": partial(_patching, case),
        **{action.name: partial(_acting, case, action) for action in resource.actions},
    }


async def _listing(case: Case, lengths: Iterator[int]) -> ResourceCall | None:
    """A page of another length each time: one that was answered twice may be remembered."""
    call = await case.world.call(case.resource, "GET")
    return None if call is None else replace(call, template=f"{call.template}?limit={next(lengths)}")


async def _on_new(case: Case, method: str) -> ResourceCall | None:
    return await case.world.call(case.resource, method, await case.world.make(case.resource))


async def _patching(case: Case) -> ResourceCall | None:
    return await case.world.patching(case.resource, await case.world.make(case.resource))


async def _acting(case: Case, action: Action) -> ResourceCall:
    return await case.world.acting(case.resource, action, await case.world.make(case.resource))


async def _check(name: str, kind: NewCall, limit: int, world: World, report: Report) -> None:
    cheapest: list[str] | None = None
    client = await world.client()
    for _ in range(TRIES):
        call = await kind()
        if call is None:
            return
        with recording_round_trips(world.service.database) as taken:
            answer = await call.send(client)
        if not report.success(answer):
            return
        counted = _transactions_as_one(taken) if world.service.database.is_distributed else [*taken]
        if cheapest is None or len(counted) < len(cheapest):
            cheapest = counted
    told = "; ".join(" ".join(sql.split())[:60] for sql in cheapest or [])
    report.true(
        f"{name}: round trips", len(cheapest or []) <= limit, expected=f"up to {limit}", seen=f"{len(cheapest or [])}: {told}"
    )


def _transactions_as_one(taken: list[str]) -> list[str]:
    """On Citus a commit is a transaction of several statements, where it is one statement elsewhere."""
    counted, is_inside = [], False
    for sql in taken:
        if not is_inside:
            counted.append(sql)
        is_inside = sql == "BEGIN" or (is_inside and sql not in ("COMMIT", "ROLLBACK"))
    return counted
