"""Rule 13: what is purged leaves nothing behind."""

from datetime import timedelta
from uuid import uuid4

from taskhub.kernel.infrastructure.event_log import tables
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.testing.conformance.checks.statements import owned_tables, tables_of
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


async def _tables_with(service: Service, text: str) -> list[str]:
    """The tables that have a text anywhere in any row."""
    async with service.database.connection() as connection:
        driver = connection._driver
        names = [record[0] for record in await driver.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        sql = 'SELECT EXISTS (SELECT FROM "{0}" WHERE "{0}"::text LIKE $1)'
        return [name for name in sorted(names) if await driver.fetchval(sql.format(name), f"%{text}%")]


async def _make_marked(case: Case) -> tuple[Json, str]:
    """A thing that can be told in whatever is left of it, in its first version and in one that is over."""
    world, resource = case
    marker = f"marker {uuid4().hex}"
    client = await world.client()
    body = await world.body(resource)
    if resource.text is not None:
        body = {**body, resource.text: f"{marker} first"}
    answer = await client.post(await world.collection(resource), body)
    assert answer.is_success, answer.text
    thing: Json = answer.json()
    if resource.text is not None:
        await client.patch(await world.item(resource, thing), {resource.text: f"{marker} second"})
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
        if not resource.collection.startswith("/"):
            markers.append((await _make_marked(Case(world, resource)))[1])
            await subject.live(world, resource)
    await service.settle()
    client = await world.client()
    answer = await client.delete(f"/v1/workspaces/{world.id}")
    assert answer.is_success, answer.text
    await service.purge(WORKSPACE_RETENTION + LATER)
    owned = owned_tables(tables_of(subject.module))
    for table, column in owned.items():
        report.same(f"rows of the workspace in {table}", await _count(service, table, column, world.id), 0)
    for marker in markers:
        report.same("tables that have a text of it", await _tables_with(service, marker), [])
    log = await service.log(world.id)
    values = [event["type"] for event in log if event["snapshot"] is not None or any(event["changes"].values())]
    report.same("events that have values", values, [])


@checks(
    13,
    "Of a thing that was purged, or is gone with what it belongs to, nothing is left but its id and names: no row, no value.",
    section=SECTION,
)
async def a_purged_thing_leaves_nothing_behind(case: Case, report: Report) -> None:
    world, resource = case
    client = await world.client()
    ways: list[tuple[str, Json, str, bool]] = []
    thing, marker = await _make_marked(case)
    ways.append((await world.item(resource, thing), thing, marker, resource.retention_days is not None))
    if resource.belongs_to is not None:
        thing, marker = await _make_marked(case)
        ways.append((resource.belongs_to.format(**thing), thing, marker, True))
    for path, _, _, _ in ways:
        answer = await client.delete(path)
        if not answer.is_success:
            return
    await world.service.purge(timedelta(days=resource.retention_days or 30) + LATER)
    for path, thing, marker, is_redacted in ways:
        left = await _tables_with(world.service, marker)
        expected = [] if is_redacted else [name for name in left if name == table_of(tables.EventRow).name]
        report.same(f"tables that have a text of a {resource.name} after DELETE {path} and the purge", left, expected)
        if is_redacted:
            log = [event for event in await world.log() if event["entity_id"] == thing["id"]]
            values = [event["type"] for event in log if event["snapshot"] is not None or any(event["changes"].values())]
            report.same(f"events of a {resource.name} with values after DELETE {path} and the purge", values, [])
