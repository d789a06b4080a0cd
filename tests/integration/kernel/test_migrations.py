"""Migrations: reversible one by one, equal to the models, and safe to start from many processes at once."""

import asyncio
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from support.server import execute, with_database
from taskhub.migrate import alembic_config, migrate
from taskhub.models import metadata

REVISIONS = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]


@pytest.fixture
async def empty_url(template_url: str) -> AsyncIterator[str]:
    name, maintenance = f"empty_{uuid4().hex}", with_database(template_url, "postgres")
    await execute(maintenance, f'CREATE DATABASE "{name}"')
    yield with_database(template_url, name)
    await execute(maintenance, f'DROP DATABASE "{name}" WITH (FORCE)')


async def test_each_revision_goes_up_down_and_up_again(empty_url: str) -> None:
    for revision in REVISIONS:
        await migrate(empty_url, revision)
        await asyncio.to_thread(command.downgrade, alembic_config(empty_url), "-1")
        await migrate(empty_url, revision)


async def test_the_way_down_leaves_nothing(empty_url: str) -> None:
    await migrate(empty_url)
    await asyncio.to_thread(command.downgrade, alembic_config(empty_url), "base")
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
    engine = create_async_engine(empty_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()
    assert differences == []


async def test_eight_processes_may_migrate_at_once(empty_url: str) -> None:
    program = f"import asyncio; from taskhub.migrate import migrate; asyncio.run(migrate({empty_url!r}))"
    processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", program) for _ in range(8)]
    assert [await process.wait() for process in processes] == [0] * 8
    connection = await asyncpg.connect(empty_url.replace("+asyncpg", ""))
    try:
        assert await connection.fetchval("SELECT version_num FROM alembic_version") == REVISIONS[-1]
    finally:
        await connection.close()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))
