"""Tasks that are older than the search of today: they are found before, while and after their words are made anew."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import asyncpg
import pytest

from support.harness.migrations import downgrade, migrate
from support.harness.waiting import eventually
from taskhub.schema.locks import MigrationBlocked

BEFORE, REVISION = "0007", "0008"
WORKSPACE, OTHER = uuid4(), uuid4()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
ADD = """
INSERT INTO tasks (workspace_id, id, project_id, project_key, number, rank, title, description, status, status_category, priority,
    assignee_ids, label_ids, blocked_by_ids, created_by_id, version, created_at, updated_at)
SELECT $1, gen_random_uuid(), $1, 'OPS', n, 'i' || lpad(n::text, 9, '0'), $2 || ' ' || n, $3,
    'todo', 'todo', 0, '{}', '{}', '{}', $1, 1, $4::timestamptz, $4::timestamptz
FROM generate_series($5::integer, $6::integer) AS n
"""
COUNT = "SELECT count(*) FROM tasks WHERE workspace_id = $1 AND deleted_at IS NULL AND words @@ task_query($1, $2)"
MEANWHILE = "SELECT to_regprocedure('new_task_query(uuid, text)') IS NOT NULL"


@pytest.fixture
async def connection(empty_url: str) -> AsyncIterator[asyncpg.Connection]:
    """With 450 tasks in one workspace and 5 in another, from before."""
    await migrate(empty_url, BEFORE)
    connection = await asyncpg.connect(empty_url.replace("+asyncpg", ""))
    try:
        await connection.execute(ADD, WORKSPACE, "Café", "数据库迁移计划", NOW, 1, 450)
        await connection.execute(ADD, OTHER, "Wait", None, NOW, 1, 5)
        yield connection
    finally:
        await connection.close()


async def count(connection: asyncpg.Connection, q: str, workspace_id: UUID = WORKSPACE) -> int:
    found: int = await connection.fetchval(COUNT, workspace_id, q)
    return found


async def test_old_tasks_are_found_by_todays_rule_and_by_the_former_one_on_the_way_back(
    connection: asyncpg.Connection, empty_url: str
) -> None:
    assert (await count(connection, "café"), await count(connection, "cafe"), await count(connection, "迁移")) == (450, 0, 0)
    await migrate(empty_url, REVISION)
    assert (await count(connection, "café"), await count(connection, "cafe"), await count(connection, "迁移")) == (450, 450, 450)
    assert (await count(connection, "wait 5", OTHER), await count(connection, "OPS", OTHER)) == (1, 5)
    left = "SELECT count(*) FROM tasks WHERE words::text LIKE '%''w' || right(workspace_id::text, 6) || 'ops''%'"
    assert await connection.fetchval(left) == 0
    assert await connection.fetchval("SELECT bool_and(version = 1 AND updated_at = $1) FROM tasks", NOW)
    await downgrade(empty_url, BEFORE)
    assert (await count(connection, "café"), await count(connection, "cafe"), await count(connection, "迁移")) == (450, 0, 0)


async def test_tasks_are_found_while_their_words_are_made_anew(connection: asyncpg.Connection, empty_url: str) -> None:
    """A row that somebody holds makes the upgrade wait, give up, and be run again."""
    holder = await asyncpg.connect(empty_url.replace("+asyncpg", ""))
    hold = holder.transaction()
    await hold.start()
    await holder.execute("SELECT FROM tasks WHERE workspace_id = $1 AND number = 7 FOR UPDATE", WORKSPACE)
    try:
        upgrade = asyncio.create_task(migrate(empty_url, REVISION, wait_seconds=0))
        await eventually(partial(connection.fetchval, MEANWHILE))
        await connection.execute(ADD, WORKSPACE, "New café", None, NOW, 451, 451)
        assert await count(connection, "café") == 451
        with pytest.raises(MigrationBlocked, match="Revision 0008"):
            await upgrade
        assert await count(connection, "café") == 451
    finally:
        await hold.rollback()
        await holder.close()
    await migrate(empty_url, REVISION)
    assert await count(connection, "cafe") == 451
    assert not await connection.fetchval(MEANWHILE)


async def test_statements_from_before_go_on(connection: asyncpg.Connection, empty_url: str) -> None:
    prepared = await connection.prepare(COUNT)
    for _ in range(7):
        assert await prepared.fetchval(WORKSPACE, "café") == 450
    await migrate(empty_url, REVISION)
    assert await prepared.fetchval(WORKSPACE, "cafe 450") == 1
