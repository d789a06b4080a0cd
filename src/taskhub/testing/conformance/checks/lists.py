"""Rule 8: walking a list while others are added to it."""

from typing import Any, get_args

import httpx2

from taskhub.kernel.api.list_validators import OfLog
from taskhub.kernel.api.operations import Operation
from taskhub.testing.conformance.calls import Client, ResourceCall
from taskhub.testing.conformance.rules import Report, checks
from taskhub.testing.conformance.world import Case

FIRST = 5
LIMIT = 2
MAX_PAGES = 40
MAX_TAGS = 10
"""Whatever the module does by itself may change the workspace in between."""
SECTION = "docs/api.md, “Responses”"


def orders(operation: Operation) -> list[str]:
    """The values of `sort`; one that is empty where the list has one order only."""
    field = operation.query[1].model_fields.get("sort")
    return [str(value) for value in get_args(field.annotation)] if field is not None else [""]


@checks(
    8,
    "A walk shows each thing that nobody touches exactly once, in every order, whatever is added meanwhile; only a null cursor"
    " ends it, and `Link: rel=next` says the same.",
    section=SECTION,
)
async def a_walk_shows_each_thing_once(case: Case, report: Report) -> None:
    world, resource = case
    there = [await world.item(resource, await world.make(resource)) for _ in range(FIRST)]
    call = await world.call(resource, "GET")
    if call is None:
        return
    for order in orders(call.operation):
        seen = await _walked(case, call, f"&sort={order}" if order else "", report)
        for path in there:
            report.same(f"{call}{f' sorted by {order}' if order else ''}: how often {path} was seen", seen.count(path), 1)
        twice = {path for path in seen if seen.count(path) > 1}
        report.same(f"{call}{f' sorted by {order}' if order else ''}: seen more than once", twice, set())


async def _walked(case: Case, call: ResourceCall, query: str, report: Report) -> list[str]:
    """The paths of what is on all pages, between which things are added: two at first, then one for every page."""
    world, client = case.world, await case.world.client()
    seen: list[str] = []
    cursor: str | None = ""
    for number in range(MAX_PAGES):
        part = f"&cursor={cursor}" if cursor else ""
        answer = await client.get(f"{call.path}?limit={LIMIT}{query}{part}")
        if not report.success(answer):
            return seen
        page: dict[str, Any] = answer.json()
        report.true(f"{call}: items on a page", len(page["items"]) <= LIMIT, expected=f"up to {LIMIT}", seen=len(page["items"]))
        seen += [await world.item(case.resource, one) for one in page["items"]]
        cursor = page["next_cursor"]
        _check_link(answer, cursor, call, report)
        if cursor is None:
            return seen
        if number < 3:
            await world.make(case.resource)
    report.add(f"{call}: the walk has no end", expected="a null cursor", seen=f"{MAX_PAGES} pages")
    return seen


def _check_link(answer: httpx2.Response, cursor: str | None, call: ResourceCall, report: Report) -> None:
    url = answer.links.get("next", {}).get("url", "")
    if cursor is None:
        report.same(f"{call}: Link on the last page", url, "")
    else:
        report.true(f"{call}: Link of a page", f"cursor={cursor}" in url, expected=f"cursor={cursor}", seen=url)


@checks(
    8,
    "A cursor is bound to its list, filters and order: a changed one, or that of another list, is 400 `invalid_cursor`; `limit`"
    " is 1 to 200.",
    section=SECTION,
)
async def a_cursor_is_bound_to_its_list(case: Case, report: Report) -> None:
    world, resource = case
    for _ in range(LIMIT):
        await world.make(resource)
    call = await world.call(resource, "GET")
    if call is None:
        return
    client = await world.client()
    answer = await client.get(f"{call.path}?limit=1")
    cursor = answer.json()["next_cursor"]
    if not report.true(f"{call}?limit=1: next_cursor", cursor, expected="a cursor", seen=cursor):
        return
    changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for wrong in (changed, "no-cursor"):
        report.problem(await client.get(f"{call.path}?cursor={wrong}"), 400, "invalid_cursor", "a changed cursor")
    report.success(await client.get(f"{call.path}?limit=7&cursor={cursor}"), "with another limit")
    for order in orders(call.operation)[1:]:
        answer = await client.get(f"{call.path}?sort={order}&cursor={cursor}")
        _check_order(answer, order, call, report)
    await _check_limits(client, call, report)


def _check_order(answer: httpx2.Response, order: str, call: ResourceCall, report: Report) -> None:
    """The order that a list has without `sort` may be named: the cursor is bound to what was asked."""
    report.problem(answer, 400, "invalid_cursor", f"a cursor of another order than {order}")


@checks(
    8,
    "The `ETag` of a list, if it has one, is weak and good until something changes: with it `If-None-Match` is 304, and after a"
    " change 200 with another tag.",
    section="docs/api.md, “Versions”",
)
async def a_tag_of_a_list_is_good_until_something_changes(case: Case, report: Report) -> None:
    world, resource = case
    call = await world.call(resource, "GET")
    if call is None or not isinstance(call.operation.validator, OfLog):
        return
    client = await world.client()
    tag = ""
    for _ in range(MAX_TAGS):
        tag = (await call.send(client)).headers.get("etag", "")
        answer = await call.send(client, if_none_match=tag or '"none"')
        if answer.status_code == 304:
            break
    report.true(f"{call}: ETag", tag.startswith('W/"'), expected="a weak tag", seen=tag)
    report.same(f"{call} with its tag: status and ETag", (answer.status_code, answer.headers.get("etag")), (304, tag))
    await world.make(resource)
    answer = await call.send(client, if_none_match=tag or '"none"')
    if report.success(answer, "something was added"):
        report.true(f"{call}, changed: ETag", answer.headers.get("etag") != tag, expected="another one", seen=tag)


async def _check_limits(client: Client, call: ResourceCall, report: Report) -> None:
    for limit in ("0", "201", "x", "-1"):
        report.problem(await client.get(f"{call.path}?limit={limit}"), 422, "validation_failed")
    for limit in ("1", "200"):
        report.success(await client.get(f"{call.path}?limit={limit}"))
