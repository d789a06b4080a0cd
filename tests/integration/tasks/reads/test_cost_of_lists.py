"""What lists cost, counted in pages of the database: the same however much other workspaces have, and at any depth."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from msgspec.structs import replace

from support.harness.databases import cloned_database
from support.harness.waiting import eventually
from taskhub.kernel.application.pages import Position, SortOrder
from taskhub.tasks.application.queries import NEWEST_FIRST, TaskFilter, TaskSort
from taskhub.tasks.domain.moments import DueBound
from taskhub.tasks.infrastructure.queries.few_or_many import FEW
from taskhub.tasks.infrastructure.queries.filters import names_of, values_of
from taskhub.tasks.infrastructure.queries.lists import ListShape, rows_for
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.queries.tasks import statement_of

OURS = UUID(int=1 << 64)
START = datetime(2026, 1, 1, tzinfo=UTC)
TASKS = 3000
A_PAGE = 51
INDEX = 140
"""The entries of our 3,000 tasks in `ix_tasks_live`, on about so many pages."""
LOOK_UP = 4
"""A row by its id: three pages of the index, one of the table."""

PROJECT, LABEL, COMMON_LABEL, BLOCKER = UUID(int=7), UUID(int=5), UUID(int=6), UUID(int=11)
ASSIGNEE = OURS
"""Each workspace has one of its own."""
OTHER_ASSIGNEE = UUID(int=12)

EARLY, LATE = (DueBound.of(START + timedelta(days=n), ZoneInfo("Pacific/Kiritimati")) for n in (0, 1000))

LOAD = """
INSERT INTO tasks (workspace_id, id, project_id, project_key, number, rank, title, status, status_category, priority,
    assignee_ids, label_ids, parent_id, blocked_by_ids, due_ends_at, created_by_id, version, created_at, updated_at, deleted_at)
SELECT w.id, CASE WHEN n = 11 THEN '00000000-0000-0000-0000-00000000000b' ELSE gen_random_uuid() END,
    CASE WHEN n % 2 = 0 THEN $2::uuid ELSE w.id END, CASE WHEN n % 2 = 0 THEN 'OPS' ELSE 'WEB' END, n,
    'i' || lpad(n::text, 9, '0'),
    CASE WHEN n % 3 = 0 THEN 'check ' ELSE '' END || CASE WHEN n = 77 THEN 'zeppelin ' ELSE '' END || md5(n::text),
    'todo', 'todo', n % 5, CASE WHEN n % 6 = 1 OR n % 100 = 0 THEN ARRAY[w.id] WHEN n % 3 = 0 THEN ARRAY[$8::uuid] ELSE '{}' END,
    CASE WHEN n % 6 = 1 THEN ARRAY[$7::uuid] WHEN n % 50 = 0 THEN ARRAY[$5::uuid] ELSE '{}' END,
    CASE WHEN n = 12 THEN $6::uuid END,
    CASE WHEN n % 60 = 0 THEN ARRAY[$6::uuid] ELSE '{}' END, $1::timestamptz + n * interval '1 hour',
    w.id, 1, $1::timestamptz + n * interval '1 minute', $1, NULL
FROM generate_series(1, $3::integer) AS n
CROSS JOIN unnest($4::uuid[]) AS w (id)
ORDER BY n
"""
"""Task after task, each in the next workspace: the rows of one lie scattered."""


PROJECTS = """
INSERT INTO projects (workspace_id, id, key, name, workflow, created_by_id, version, created_at, updated_at)
SELECT id, $2, 'OPS', 'Operations', '{}', id, 1, $1, $1 FROM unnest($3::uuid[]) AS w (id)
"""

pytestmark = pytest.mark.not_on_citus(reason="the plans are those of other servers")


@pytest.fixture(scope="module")
def own_url(template_url: str) -> Iterator[str]:
    with cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
async def connection(own_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A database of ten workspaces."""
    connection = await asyncpg.connect(own_url.replace("+asyncpg", ""))
    try:
        # Rows count as visible to all, and need not be looked at, only once their commit is on disk.
        await connection.execute("SET synchronous_commit = on")
        workspaces = [OURS, *(uuid4() for _ in range(9))]
        await connection.execute(LOAD, START, PROJECT, TASKS, workspaces, LABEL, BLOCKER, COMMON_LABEL, OTHER_ASSIGNEE)
        await connection.execute(PROJECTS, START, PROJECT, workspaces)
        await eventually(partial(is_vacuumed, connection))
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        yield connection
    finally:
        await connection.close()


async def is_vacuumed(connection: asyncpg.Connection) -> bool:
    """Whether indexes may answer alone by now. Whoever still looks at an older state of the database, as autovacuum may, keeps
    rows from counting as visible to all.
    """
    await connection.execute("VACUUM (ANALYZE) tasks, projects")
    query = "SELECT bool_and(relallvisible >= relpages) FROM pg_class WHERE relname IN ('tasks', 'projects')"
    return bool(await connection.fetchval(query))


async def plan_of(
    connection: asyncpg.Connection, chosen: TaskFilter, order: SortOrder[TaskSort] = NEWEST_FIRST, after: Position | None = None
) -> dict[str, Any]:
    """How PostgreSQL came to a page of 50, and what it touched."""
    goes_on, searches = after is not None, chosen.q is not None
    shape = ListShape(names_of(chosen, order), order, goes_on, searches, chosen.deleted, rows_for(50))
    statement = statement_of(shape)
    values: dict[str, Any] = {"workspace_id": OURS, "limit": 51, **values_of(chosen)}
    arguments = statement.arguments(values | (ORDERS.parameters_of(order, after) if after else {}))
    # Given to EXPLAIN itself, the values would be planned for. The service's plans know none of them after a few executions.
    await connection.execute(f"PREPARE list AS {statement.sql}")
    try:
        execute = f"EXECUTE list ({', '.join(map(literal, arguments))})"
        text = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {execute}")
    finally:
        await connection.execute("DEALLOCATE list")
    plan: dict[str, Any] = json.loads(text)[0]["Plan"]
    return plan


def literal(value: Any) -> str:
    if value is None:
        return "NULL"
    text = f"{{{','.join(map(_text, value))}}}" if isinstance(value, list | tuple) else str(value)
    return f"'{text}'"


def _text(value: Any) -> str:
    return f'"\\\\x{value.hex()}"' if isinstance(value, bytes) else str(value)


async def pages_touched(
    connection: asyncpg.Connection, chosen: TaskFilter, order: SortOrder[TaskSort] = NEWEST_FIRST, after: Position | None = None
) -> int:
    plan = await plan_of(connection, chosen, order, after)
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def rows_read(plan: dict[str, Any]) -> int:
    """How many rows of tables were looked at, or entries of indexes in their place, those that were passed over included."""
    here = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"] if "Relation Name" in plan else 0
    return int(here) + sum(map(rows_read, plan.get("Plans", ())))


ORDERS_OF_LISTS = [SortOrder(sort, descending) for sort in TaskSort for descending in (False, True)]
DEEP = {
    TaskSort.CREATED_AT: (START + timedelta(minutes=TASKS // 2), UUID(int=0)),
    TaskSort.UPDATED_AT: (START, UUID(int=1 << 127)),
    TaskSort.DUE: (START + timedelta(hours=TASKS // 2), UUID(int=0)),
    TaskSort.PRIORITY: (2, UUID(int=0)),
    TaskSort.KEY: ("OPS", TASKS // 2),
    TaskSort.RANK: ("OPS", f"i{TASKS // 2:09}", BLOCKER, 1),
}


@pytest.mark.parametrize(
    "order",
    [*map(SortOrder, TaskSort), NEWEST_FIRST, SortOrder(TaskSort.PRIORITY, descending=True)],
    ids=str,
)
async def test_a_page_costs_the_same_at_any_depth(connection: asyncpg.Connection, order: SortOrder[TaskSort]) -> None:
    assert await pages_touched(connection, TaskFilter(), order) < A_PAGE + 20
    assert await pages_touched(connection, TaskFilter(), order, DEEP[order.sort]) < A_PAGE + 20


@pytest.mark.parametrize(
    "chosen",
    [
        TaskFilter(statuses=("nothing_has_it",)),
        TaskFilter(project_ids=(PROJECT,)),
        TaskFilter(priorities=(4,), closed=False),
        TaskFilter(assignee_ids=(UUID(int=9),)),
        TaskFilter(label_ids=(LABEL,)),
        TaskFilter(unlabelled=True, top_level=True),
        TaskFilter(parent_ids=(BLOCKER,)),
        TaskFilter(due_after=DueBound.of(START + timedelta(days=300), ZoneInfo("Asia/Tokyo"))),
        TaskFilter(due_before=DueBound.of(START, ZoneInfo("America/New_York"))),
        TaskFilter(created_after=START + timedelta(minutes=TASKS // 2)),
        TaskFilter(created_before=START),
        TaskFilter(updated_after=START - timedelta(days=1)),
        TaskFilter(updated_after=START, updated_before=START + timedelta(days=1000)),
        TaskFilter(not_statuses=("todo",)),
        TaskFilter(not_statuses=("done",), not_priorities=(0, 1)),
        TaskFilter(not_assignee_ids=(UUID(int=9),), assigned=True),
        TaskFilter(not_label_ids=(LABEL,)),
        TaskFilter(labelled=True, not_label_ids=(UUID(int=9),)),
        TaskFilter(ids=(UUID(int=1), UUID(int=2))),
        TaskFilter(external_keys=("github:org/repo#12", "nothing has it")),
        TaskFilter(q="zeppelin"),
        TaskFilter(q="nothing has it"),
        TaskFilter(deleted=True),
    ],
    ids=repr,
)
async def test_a_filter_looks_at_rows_only_to_show_them(connection: asyncpg.Connection, chosen: TaskFilter) -> None:
    assert await pages_touched(connection, chosen) < INDEX + LOOK_UP * A_PAGE


@pytest.mark.parametrize("chosen", [TaskFilter(blocked=True), TaskFilter(blocked=False), TaskFilter(blocks=(PROJECT,))], ids=repr)
async def test_who_waits_for_whom_is_looked_up_by_those_who_wait(connection: asyncpg.Connection, chosen: TaskFilter) -> None:
    """50 of the 3,000 do, all of them for one task."""
    waiting = TASKS // 60
    assert await pages_touched(connection, chosen) < INDEX + LOOK_UP * (A_PAGE + 2 * waiting)


def looked_up(plan: dict[str, Any]) -> int:
    """How many rows of tables were fetched, because no index told enough."""
    fetches_rows = plan["Node Type"] in {"Index Scan", "Seq Scan", "Bitmap Heap Scan"}
    here = plan["Actual Rows"] * plan["Actual Loops"] if fetches_rows else 0
    return int(here) + int(plan.get("Heap Fetches", 0)) + sum(map(looked_up, plan.get("Plans", ())))


async def test_whether_tasks_wait_is_told_by_indexes_alone(connection: asyncpg.Connection) -> None:
    """What is fetched are the tasks that wait, once to see that they are not in the trash and once to be shown."""
    assert looked_up(await plan_of(connection, TaskFilter(blocked=True))) == 2 * TASKS // 60


async def test_the_order_of_one_project_is_read_from_its_index(connection: asyncpg.Connection) -> None:
    chosen = TaskFilter(project_ids=(PROJECT,))
    for after in (None, DEEP[TaskSort.RANK]):
        assert await pages_touched(connection, chosen, SortOrder(TaskSort.RANK), after) < A_PAGE + 20


@pytest.mark.parametrize("order", ORDERS_OF_LISTS, ids=str)
async def test_a_filter_in_any_order_reads_one_index_once(connection: asyncpg.Connection, order: SortOrder[TaskSort]) -> None:
    by_moments = [TaskFilter(due_before=LATE, due_after=EARLY), TaskFilter(updated_after=START, updated_before=LATE.instant)]
    by_moments += [TaskFilter(updated_after=START), TaskFilter(created_after=START, created_before=LATE.instant)]
    negative = TaskFilter(not_priorities=(4,), not_label_ids=(LABEL,))
    for chosen in (
        TaskFilter(closed=False),
        TaskFilter(closed=True),
        TaskFilter(priorities=(4,), closed=False),
        negative,
        *by_moments,
    ):
        assert await pages_touched(connection, chosen, order) < INDEX + LOOK_UP * A_PAGE


@pytest.mark.parametrize("descending", [False, True])
async def test_a_stretch_of_an_order_is_read_from_its_index(connection: asyncpg.Connection, descending: bool) -> None:
    minutes, hours = START + timedelta(minutes=TASKS // 2), START + timedelta(hours=TASKS // 2)
    created = TaskFilter(created_after=minutes, created_before=minutes + timedelta(minutes=20))
    updated = TaskFilter(updated_after=START, updated_before=START + timedelta(days=1))
    for chosen, sort in ((created, TaskSort.CREATED_AT), (updated, TaskSort.UPDATED_AT)):
        assert await pages_touched(connection, chosen, SortOrder(sort, descending)) < A_PAGE + 20
    open_ended = TaskFilter(created_before=hours), TaskFilter(updated_before=hours + timedelta(days=1))
    for chosen, sort in zip(open_ended, (TaskSort.CREATED_AT, TaskSort.UPDATED_AT), strict=True):
        assert await pages_touched(connection, chosen, SortOrder(sort, descending)) < A_PAGE + 20


@pytest.mark.parametrize("after", [None, DEEP[TaskSort.DUE], (None, UUID(int=1 << 127))], ids=["first", "dated", "undated"])
async def test_the_latest_due_date_first_is_read_from_both_parts_of_an_index(
    connection: asyncpg.Connection, after: Position | None
) -> None:
    assert await pages_touched(connection, TaskFilter(), SortOrder(TaskSort.DUE, descending=True), after) < 2 * A_PAGE + 20


BOTH = TaskFilter(label_ids=(LABEL,), assignee_ids=(ASSIGNEE,))


@pytest.mark.parametrize("order", ORDERS_OF_LISTS, ids=str)
@pytest.mark.parametrize("plans", ["generic", "custom"])
async def test_who_has_a_label_and_an_assignee_is_found_without_looking_at_others(
    connection: asyncpg.Connection, order: SortOrder[TaskSort], plans: str
) -> None:
    """Every hundredth task has both."""
    await connection.execute(f"SET plan_cache_mode = force_{plans}_plan")
    for chosen in (BOTH, replace(BOTH, statuses=("nothing_has_it",)), replace(BOTH, assignee_ids=(PROJECT,))):
        assert rows_read(await plan_of(connection, chosen, order)) <= TASKS // 100 + 1
        assert await pages_touched(connection, chosen, order) <= TASKS // 100 + 20, "other indexes are not read beside"
    await connection.execute("SET plan_cache_mode = force_generic_plan")


@pytest.mark.parametrize("plans", ["generic", "custom"])
async def test_a_label_and_an_assignee_that_many_have_but_none_together_are_found_in_their_index(
    connection: asyncpg.Connection, plans: str
) -> None:
    await connection.execute(f"SET plan_cache_mode = force_{plans}_plan")
    chosen = replace(BOTH, label_ids=(COMMON_LABEL,), assignee_ids=(OTHER_ASSIGNEE,))
    assert rows_read(await plan_of(connection, chosen)) <= 1
    await connection.execute("SET plan_cache_mode = force_generic_plan")


@pytest.mark.parametrize("order", ORDERS_OF_LISTS, ids=str)
async def test_a_label_and_an_assignee_that_many_have_are_looked_for_until_the_page_is_full(
    connection: asyncpg.Connection, order: SortOrder[TaskSort]
) -> None:
    """Every sixth task has both: 500. An order without an index of its own is made of all tasks."""
    chosen = replace(BOTH, label_ids=(COMMON_LABEL,))
    walked = 6 * A_PAGE if order.sort is TaskSort.CREATED_AT else TASKS
    assert rows_read(await plan_of(connection, chosen, order)) < FEW + walked + 3 * A_PAGE


@pytest.mark.parametrize("order", [*map(SortOrder, TaskSort), NEWEST_FIRST], ids=str)
async def test_a_common_word_is_looked_for_until_the_page_is_full(
    connection: asyncpg.Connection, order: SortOrder[TaskSort]
) -> None:
    """Every third task has it. Each is found in an index and looked up, beside the matches that tell that it is common.

    About three times a page is looked through; twice that leaves room for where the matches happen to lie.
    """
    assert rows_read(await plan_of(connection, TaskFilter(q="check"), order)) < FEW + 6 * A_PAGE * 2


def node_types(plan: dict[str, Any]) -> set[str]:
    return {plan["Node Type"]}.union(*map(node_types, plan.get("Plans", ())))


@pytest.mark.parametrize("plans", ["generic", "custom"])
async def test_a_word_is_looked_up_in_no_other_index_beside_its_own(connection: asyncpg.Connection, plans: str) -> None:
    """The workspace has an entry for each of its tasks in others, which would be read whole; processes take ms to start."""
    await connection.execute(f"SET plan_cache_mode = force_{plans}_plan")
    for word in ("zeppelin", "check", "nothing"):
        assert not node_types(await plan_of(connection, TaskFilter(q=word))) & {"BitmapAnd", "Gather"}
    await connection.execute("SET plan_cache_mode = force_generic_plan")
