"""What lists cost as of a moment: a page looks up few snapshots, however many versions there were before and after."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from integration.tasks.reads.test_cost_of_lists import literal
from support.harness.databases import cloned_database
from support.harness.waiting import eventually
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import NEWEST_FIRST, TaskFilter
from taskhub.tasks.infrastructure.queries.filters import names_of, values_of
from taskhub.tasks.infrastructure.queries.lists import ListShape, rows_for
from taskhub.tasks.infrastructure.queries.past.labels import _NAMES
from taskhub.tasks.infrastructure.queries.past.task_lists import CANDIDATES, past_list_statement

OURS = UUID(int=1 << 64)
START = datetime(2026, 1, 1, tzinfo=UTC)
TASKS, VERSIONS = 1000, 20
EVENTS = TASKS * VERSIONS
A_PAGE = 51
LOOK_UP = 8
"""The version at a moment, and its event: two indexes of three pages, one more where versions lie on two, and the row."""
ENTRIES = 40
"""Of the tasks that a page may look at, in the indexes of tasks."""

LOAD = """
INSERT INTO tasks (workspace_id, id, project_id, project_key, number, rank, title, status, status_category, priority,
    assignee_ids, label_ids, blocked_by_ids, created_by_id, version, created_at, updated_at, deleted_at)
SELECT $1::uuid, ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, $1, 'OPS', n, 'i' || lpad(n::text, 9, '0'), 'Oil',
    'todo', 'todo', 0, '{}', '{}', '{}', $1, $3, $2::timestamptz + n * interval '1 hour', $2,
    CASE WHEN n % 50 = 0 THEN $2::timestamptz END
FROM generate_series(1, $4::integer) AS n
"""
LOG = """
INSERT INTO events (stream_id, seq, id, type, schema, entity_type, entity_id, entity_version, occurred_at, changes, snapshot)
SELECT workspace_id, (n - 1) * $3::integer + number, gen_random_uuid(), 'task.updated', 1, 'task', id, n,
    $4::timestamptz + ((n - 1) * $3 + number) * interval '1 hour', '{}',
    jsonb_build_object('id', id, 'status', 'todo', 'priority', 'none', 'assignee_ids', '[]'::jsonb, 'text', repeat('x', 300))
FROM tasks CROSS JOIN generate_series(1, $2::integer) AS n WHERE workspace_id = $1 ORDER BY n, number
"""

pytestmark = pytest.mark.not_on_citus(reason="the plans are those of other servers")


@pytest.fixture(scope="module")
def own_url(template_url: str) -> Iterator[str]:
    with cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
async def connection(own_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A database of one workspace. All tasks were made first, and then changed in turns."""
    connection = await asyncpg.connect(own_url.replace("+asyncpg", ""))
    try:
        await connection.execute("SET synchronous_commit = on")
        await connection.execute(LOAD, OURS, START, VERSIONS, TASKS)
        await connection.execute(LOG, OURS, VERSIONS, TASKS, START)
        await eventually(partial(is_vacuumed, connection))
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        yield connection
    finally:
        await connection.close()


async def is_vacuumed(connection: asyncpg.Connection) -> bool:
    """Whether indexes may answer alone by now."""
    await connection.execute("VACUUM (ANALYZE) tasks, events, labels")
    query = "SELECT bool_and(relallvisible >= relpages) FROM pg_class WHERE relname IN ('tasks', 'events')"
    return bool(await connection.fetchval(query))


async def pages_touched(connection: asyncpg.Connection, statement: Statement, **values: Any) -> int:
    arguments = statement.arguments({"workspace_id": OURS, "limit": A_PAGE, **values})
    await connection.execute(f"PREPARE past AS {statement.sql}")
    try:
        run = f"EXECUTE past ({', '.join(map(literal, arguments))})"
        text = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {run}")
    finally:
        await connection.execute("DEALLOCATE past")
    plan = json.loads(text)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


async def list_pages(connection: asyncpg.Connection, chosen: TaskFilter, as_of: int) -> int:
    shape = ListShape(names_of(chosen, NEWEST_FIRST), NEWEST_FIRST, False, False, chosen.deleted, rows_for(50))
    return await pages_touched(connection, past_list_statement(shape), as_of=as_of, **values_of(chosen))


@pytest.mark.parametrize("as_of", [TASKS, EVENTS // 10, EVENTS // 2, EVENTS])
async def test_a_page_looks_up_as_many_snapshots_as_it_shows(connection: asyncpg.Connection, as_of: int) -> None:
    assert await list_pages(connection, TaskFilter(), as_of) < ENTRIES + LOOK_UP * A_PAGE


@pytest.mark.parametrize("chosen", [TaskFilter(statuses=("done",)), TaskFilter(deleted=True), TaskFilter(blocked=True)], ids=repr)
async def test_a_filter_that_nothing_passes_looks_at_so_many_tasks(connection: asyncpg.Connection, chosen: TaskFilter) -> None:
    assert await list_pages(connection, chosen, EVENTS // 2) < 2 * ENTRIES + LOOK_UP * CANDIDATES[A_PAGE]


async def test_the_first_moments_are_not_looked_for_in_what_came_later(connection: asyncpg.Connection) -> None:
    assert await list_pages(connection, TaskFilter(), 10) < 2 * ENTRIES + LOOK_UP * 10


async def test_what_is_gone_is_found_without_reading_the_log(connection: asyncpg.Connection) -> None:
    assert await pages_touched(connection, _NAMES, as_of=1) < ENTRIES
