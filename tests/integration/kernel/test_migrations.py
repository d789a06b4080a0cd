"""Migrations: reversible one by one, equal to the models, and safe to start from many processes at once."""

import asyncio
import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from support.fakes.revisions import with_modules, write_revision
from support.harness import old_events
from support.harness.databases import execute
from support.harness.migrations import downgrade, migrate
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.modules.discovery import installed_modules
from taskhub.modules.tables import metadata
from taskhub.schema.heads import read_revisions
from taskhub.schema.migrate import alembic_config
from taskhub.schema.revisions import Branch
from taskhub.schema.version_table import comparing_with, recorded_in

INSTALLED = installed_modules().revisions
REVISIONS = list(ScriptDirectory.from_config(alembic_config(INSTALLED)).walk_revisions())[::-1]
"""Of all modules, each after those that it depends on."""


async def test_each_revision_goes_up_down_and_up_again(empty_url: str) -> None:
    for revision in REVISIONS:
        (branch,) = revision.branch_labels
        await migrate(empty_url, revision.revision)
        await downgrade(empty_url, f"{branch}@{revision.down_revision or 'base'}")
        await migrate(empty_url, revision.revision)


async def test_the_way_down_leaves_nothing(empty_url: str) -> None:
    await migrate(empty_url)
    await downgrade(empty_url, "base")
    connection = await asyncpg.connect(empty_url.replace("+asyncpg", ""))
    try:
        left = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic%'"
            " UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
    finally:
        await connection.close()
    assert left == []


async def test_the_schema_is_the_one_that_the_models_describe(empty_url: str) -> None:
    await migrate(empty_url)
    assert await _differences(empty_url) == []


async def test_tables_without_a_model_are_a_difference_unless_they_may_be_of_a_module_that_is_not_installed(
    empty_url: str, tmp_path: Path
) -> None:
    """The tables are not distributed here: their shards would have no model either."""
    await migrate(empty_url)
    await execute(empty_url, "CREATE TABLE cogs (id int)")
    assert [(kind, table.name) for kind, table in await _differences(empty_url)] == [("remove_table", "cogs")]
    write_revision(tmp_path, "gears_0001", depends_on=["0001"])
    await migrate(empty_url, revisions=with_modules(Branch.read("gears", tmp_path)))
    assert await _differences(empty_url) == []


async def test_statements_to_be_run_by_hand_end_where_a_migration_does(empty_url: str, tmp_path: Path) -> None:
    write_revision(tmp_path, "gears_0001", depends_on=["0001"])
    write_revision(tmp_path, "gears_0002", "gears_0001", depends_on=["0002"])
    both = with_modules(Branch.read("gears", tmp_path))

    async def run_by_hand(write: Callable[..., None], destination: str) -> set[str]:
        config = alembic_config(both)
        config.output_buffer = io.StringIO()
        await asyncio.to_thread(write, config, destination, sql=True)
        await execute(empty_url, config.output_buffer.getvalue())
        async with Database(empty_url, pool_size=1).opened() as database:
            return {*await read_revisions(database)}

    assert await run_by_hand(command.upgrade, "gears_0002") == {"0002", "gears_0002"}
    assert await run_by_hand(command.downgrade, "gears_0002:gears@gears_0001") == {"0002", "gears_0001"}


async def test_old_events_are_taken_along_to_todays_representations_and_back(empty_url: str) -> None:
    """Retried requests are answered from their snapshots, cascades go on from these, and `changes` are the history."""
    await migrate(empty_url, old_events.REVISION)
    await _append(empty_url, old_events.EVENTS)
    await migrate(empty_url)
    replayed: dict[str, Any] = {}
    for event in await _logged(empty_url):
        view = old_events.VIEWS[event["entity_type"]]
        assert json.loads(msgspec.json.encode(msgspec.convert(event["snapshot"], view))) == event["snapshot"]
        known = replayed.setdefault(event["entity_type"], dict.fromkeys(view.__struct_fields__))
        known |= {name: after for name, (_, after) in event["changes"].items()}
        assert {**known, **_unlogged(event["snapshot"])} == event["snapshot"]
    await downgrade(empty_url, old_events.REVISION)
    assert await _logged(empty_url) == old_events.EVENTS


async def test_eight_processes_may_migrate_at_once(empty_url: str) -> None:
    program = f"""
import asyncio
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.modules.discovery import installed_modules
from taskhub.schema.migrate import migrate

asyncio.run(migrate({empty_url!r}, installed_modules().revisions))
"""
    processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", program) for _ in range(8)]
    assert [await process.wait() for process in processes] == [0] * 8
    connection = await asyncpg.connect(empty_url.replace("+asyncpg", ""))
    try:
        found = await connection.fetch("SELECT version_num FROM alembic_version")
        assert {row["version_num"] for row in found} == set(INSTALLED.heads.values())
    finally:
        await connection.close()


async def _differences(url: str) -> list[Any]:
    """What Alembic would change to make the tables what the models describe."""

    def compare(connection: Connection) -> list[Any]:
        includes = comparing_with(metadata, INSTALLED, recorded_in(connection))
        options = {"compare_type": True, "compare_server_default": True, "include_name": includes}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(compare)
    await engine.dispose()
    return differences


async def _append(url: str, events: list[dict[str, Any]]) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for event in events:
            values = {**event, "changes": json.dumps(event["changes"]), "snapshot": json.dumps(event["snapshot"])}
            values["occurred_at"] = datetime.now(UTC)
            places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
            await connection.execute(f"INSERT INTO events ({', '.join(values)}) VALUES ({places})", *values.values())
    finally:
        await connection.close()


async def _logged(url: str) -> list[dict[str, Any]]:
    """All events in their order, with what `old_events` has of them."""
    names = ", ".join(old_events.EVENTS[0])
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        records = await connection.fetch(f"SELECT {names} FROM events ORDER BY seq")
    finally:
        await connection.close()
    return [
        {**record, "changes": json.loads(record["changes"]), "snapshot": json.loads(record["snapshot"])} for record in records
    ]


def _unlogged(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What an event tells beside its changes."""
    return {name: snapshot[name] for name in ("version", "updated_at") if name in snapshot}
