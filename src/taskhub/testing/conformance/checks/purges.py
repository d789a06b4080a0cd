"""Rule 13: what is purged leaves nothing behind."""

from datetime import timedelta
from uuid import uuid4

from taskhub.kernel.infrastructure.event_log import tables
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.testing.conformance.checks.statements import owned_tables, tables_of
from taskhub.testing.conformance.events import has_values
from taskhub.testing.conformance.resources import Json
from taskhub.testing.conformance.rules import Report, checks
from taskhub.testing.conformance.service import Service
from taskhub.testing.conformance.subject import Subject
from taskhub.testing.conformance.world import Case, World

WORKSPACE_RETENTION = timedelta(days=30)
LATER = timedelta(hours=1)
SECTION = "docs/architecture.md, “Where things are”"


async def _count(service: Service, table: str, column: str, value: str) -> int:
    async with service.database.connection() as connection:
        sql = f'SELECT count(*) FROM "{table}" WHERE "{column}"::text = $1'  # noqa: S608  # Names of tables of ours.
        return int(await connection._driver.fetchval(sql, value))


async def tables_with(service: Service, text: str) -> list[str]:
    """The tables that have a text anywhere in any row."""
    async with service.database.connection() as connection:
        driver = connection._driver
        names = [record[0] for record in await driver.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        sql = 'SELECT EXISTS (SELECT 1 FROM "{0}" WHERE "{0}"::text LIKE $1)'  # Citus refuses a subquery without a column.
        return [name for name in sorted(names) if await driver.fetchval(sql.format(name), f"%{text}%")]


async def _make_marked(case: Case, report: Report) -> tuple[Json, str | None]:
    """A thing with a text by which it can be told in whatever is left of it, in its first version and in one that is over; None
    where it has no text.
    """
    world, resource = case
    if resource.text is None or resource.create is not None:
        return await world.make(resource), None
    marker = f"marker {uuid4().hex}"
    client = await world.client()
    body = {**await world.body(resource), resource.text: f"{marker} first"}
    answer = await client.post(await world.collection(resource), body)
    assert answer.is_success, answer.text
    thing: Json = resource.without_secrets(answer.json())
    patching = await world.call(resource, "PATCH", thing, {resource.text: f"{marker} second"})
    if patching is not None:
        report.success(await patching.send(client), "with a text that is to be found nowhere after the purge")
    return thing, marker


@checks(
    13,
    "Of a workspace that was purged nothing is left: no row of any module, and no value in the log.",
    section=SECTION,
)
async def a_purged_workspace_leaves_nothing_behind(subject: Subject, report: Report) -> None:
    world, service = await World.create(subject.service), subject.service
    markers = []
    for resource in subject.declared.resources:
        if not resource.is_of_account:
            markers.append((await _make_marked(Case(world, resource), report))[1])
            await subject.live(world, resource)
    await service.settle()
    client = await world.client()
    answer = await client.delete(f"/v1/workspaces/{world.id}")
    assert answer.is_success, answer.text
    await service.purge(WORKSPACE_RETENTION + LATER)
    owned = owned_tables(tables_of(subject.module))
    for table, column in owned.items():
        report.same(f"rows of the workspace in {table}", await _count(service, table, column, world.id), 0)
    for marker in filter(None, markers):
        report.same("tables that have a text of it", await tables_with(service, marker), [])
    report.same("events that have values", [event["type"] for event in await world.log() if has_values(event)], [])


@checks(
    13,
    "Of a thing that was purged, or is gone with what it belongs to, nothing is left but its id and names in the log: no row, no"
    " value.",
    section=SECTION,
)
async def a_purged_thing_leaves_nothing_behind(case: Case, report: Report) -> None:
    world, resource = case
    thing, marker = await _make_marked(case, report)
    left = await _check_gone(case, await world.item(resource, thing), thing, marker, report)
    if resource.belongs_to is not None:
        thing, marker = await _make_marked(case, report)
        left |= await _check_gone(case, resource.belongs_to.format(**thing), thing, marker, report, with_another=True)
    for table, reason in resource.rows_left.items():
        report.true(f"rows_left[{table!r}]: {reason}", table in left, expected="a row with the id of a purged thing", seen="none")


async def _check_gone(
    case: Case, path: str, thing: Json, marker: str | None, report: Report, *, with_another: bool = False
) -> set[str]:
    """Deletes what is at the path, the thing or what it belongs to, and looks for what is left of the thing after the purge.
    Returns the tables of modules that still have its id.
    """
    world, resource = case
    what = f"of a {resource.name} after DELETE {path} and the purge"
    if not report.success(await (await world.client()).delete(path), "what is not deleted can't be purged"):
        return set()
    await world.service.purge(timedelta(days=resource.retention_days or 30) + LATER)
    left = await _tables_of_modules_with(world.service, resource.entity_id(thing))
    report.same(f"tables of modules that have the id {what}", sorted(left - {*resource.rows_left}), [])
    is_redacted = with_another or resource.is_of_account or resource.retention_days is not None
    if marker is not None:
        expected = [] if is_redacted else [table_of(tables.EventRow).name]
        report.same(f"tables that have a text {what}", await tables_with(world.service, marker), expected)
    if is_redacted:
        values = [event["type"] for event in await world.events(resource, thing) if has_values(event)]
        report.same(f"events with values {what}", values, [])
    return left


async def _tables_of_modules_with(service: Service, id: str) -> set[str]:
    """The tables of modules that have an id in any row."""
    of_modules = {table.name for module in service.container.installed for table in tables_of(module)}
    return of_modules & {*await tables_with(service, id)}
