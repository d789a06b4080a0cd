"""Walks through task lists: whatever the rows, the order and the page size, each row comes once, where it belongs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.tasks import ContentFactory
from support.harness.task_rows import store, task_of
from taskhub.container import Container
from taskhub.kernel.application.pages import PageRequest, SortOrder
from taskhub.tasks.application.queries import POSITIONS, TaskFilter, TaskSort
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.rank import at_end, spread
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.queries.tasks import SqlTaskQueries

pytestmark = pytest.mark.usefixtures("app")

DAY = datetime(2026, 3, 1, tzinfo=UTC)
EVER = datetime.max.replace(tzinfo=UTC)

instants = st.sampled_from([DAY, DAY + timedelta(microseconds=1), DAY + timedelta(hours=5), DAY - timedelta(days=400)])
dues = st.none() | st.builds(Due, instants.map(datetime.date)) | st.builds(Due, st.just(DAY.date()), at=instants)
ids = st.uuids(version=4) | st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number))
rows = st.fixed_dictionaries(
    {
        "id": ids,
        "project_key": st.sampled_from(["OPS", "O2", "OP", "WEB"]),
        "created_at": instants,
        "updated_at": instants,
        "content": st.builds(
            ContentFactory, priority=st.sampled_from(Priority), due=dues, title=st.sampled_from(["Oil it", "Oil the engine"])
        ),
    }
)
orders = st.builds(SortOrder, st.sampled_from(TaskSort), st.booleans())
filters = st.sampled_from([TaskFilter(), TaskFilter(q="oil"), TaskFilter(closed=False), TaskFilter(q="eng", closed=False)])
quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def expected(tasks: list[Task], order: SortOrder[TaskSort]) -> list[UUID]:
    """The same order, told in Python."""

    def place(task: Task) -> Any:
        due = task.content.due
        return {
            TaskSort.CREATED_AT: (task.created_at, task.id),
            TaskSort.UPDATED_AT: (task.updated_at, task.id),
            TaskSort.DUE: (due.ends_at if due else EVER, task.id),
            TaskSort.PRIORITY: (task.content.priority, task.id),
            TaskSort.KEY: (task.project_key.encode(), task.number),
            TaskSort.RANK: (task.project_key.encode(), (task.rank or "").encode()),
        }[order.sort]

    found = sorted(tasks, key=place, reverse=order.descending)
    if order.sort is TaskSort.DUE:
        found.sort(key=lambda task: task.content.due is None)
    return [task.id for task in found]


async def walk(queries: SqlTaskQueries, workspace_id: UUID, chosen: TaskFilter, page: PageRequest[TaskSort]) -> list[list[UUID]]:
    pages = []
    while True:
        page_slice = await queries.list(workspace_id, chosen, page)
        pages.append([view.id for view in page_slice.items])
        if page_slice.after is None:
            return pages
        assert len(page_slice.items) == page.limit
        page = msgspec.structs.replace(page, after=page_slice.after)


@quickly
@given(st.lists(rows, max_size=14, unique_by=lambda row: row["id"]), orders, st.integers(1, 5), filters)
async def test_a_walk_shows_every_task_once_and_in_order(
    container: Container, values: list[dict[str, Any]], order: SortOrder[TaskSort], limit: int, chosen: TaskFilter
) -> None:
    workspace_id = uuid4()
    ranks = spread(None, at_end(1), len(values))[::-1]
    tasks = [
        task_of(workspace_id, number=n, rank=rank, **row) for n, (rank, row) in enumerate(zip(ranks, values, strict=True), 1)
    ]
    await store(container.database(), tasks)
    queries = container.modules["tasks"].task_queries()
    pages = await walk(queries, workspace_id, chosen, PageRequest(order, limit))
    wanted = [task for task in tasks if chosen.q != "eng" or "engine" in task.content.title]
    assert [id for page in pages for id in page] == expected(wanted, order)
    assert all(pages) or len(pages) == 1, "only an empty list has an empty page"


@pytest.mark.parametrize("order", [SortOrder(sort, descending) for sort in TaskSort for descending in (False, True)], ids=str)
async def test_a_walk_goes_on_where_it_was_though_others_come_and_go(container: Container, order: SortOrder[TaskSort]) -> None:
    workspace_id, database = uuid4(), container.database()
    tasks = [
        task_of(
            workspace_id,
            number=number,
            content=ContentFactory(due=Due(DAY.date() + timedelta(days=number)) if number % 3 else None),
            created_at=DAY + timedelta(hours=number),
            updated_at=DAY - timedelta(hours=number),
        )
        for number in range(1, 10)
    ]
    await store(database, tasks)
    queries = container.modules["tasks"].task_queries()
    seen, page = [], PageRequest(order, 2)
    for number in range(100, 200):
        page_slice = await queries.list(workspace_id, TaskFilter(), page)
        seen += [view.id for view in page_slice.items]
        if page_slice.after is None:
            break
        page = msgspec.structs.replace(page, after=page_slice.after)
        await store(database, [task_of(workspace_id, number=number, created_at=DAY + timedelta(minutes=number))])
        async with database.connection() as connection:
            await connection._driver.execute(
                "DELETE FROM tasks WHERE workspace_id = $1 AND id = $2", workspace_id, page_slice.items[-1].id
            )
    untouched = {task.id for task in tasks}
    assert [id for id in seen if id in untouched] == expected(tasks, order)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("way", [-1, 1])
async def test_a_walk_in_the_order_of_places_goes_on_where_it_was_though_room_was_made(
    container: Container, descending: bool, way: int
) -> None:
    """All ranks change, but for their order, and no version does."""
    workspace_id, database = uuid4(), container.database()
    tasks = [task_of(workspace_id, number=number, rank=at_end(number + 500)) for number in range(1, 10)]
    await store(database, tasks)
    queries, page = container.modules["tasks"].task_queries(), PageRequest(SortOrder(TaskSort.RANK, descending), 2)
    seen = []
    for _ in tasks:
        page_slice = await queries.list(workspace_id, TaskFilter(), page)
        seen += [view.id for view in page_slice.items]
        if page_slice.after is None:
            break
        page = msgspec.structs.replace(page, after=page_slice.after)
        async with database.connection() as connection:
            shift = "UPDATE tasks SET rank = 'i' || lpad((substr(rank, 2)::int + $2)::text, 9, '0') WHERE workspace_id = $1"
            await connection._driver.execute(shift, workspace_id, way * 30)
    assert seen == expected(tasks, page.order)


@pytest.mark.parametrize("sort", TaskSort)
async def test_a_position_has_the_form_that_cursors_are_checked_against(container: Container, sort: TaskSort) -> None:
    workspace_id = uuid4()
    await store(container.database(), [task_of(workspace_id, number=number) for number in (1, 2)])
    queries = container.modules["tasks"].task_queries()
    page_slice = await queries.list(workspace_id, TaskFilter(), PageRequest(SortOrder(sort), 1))
    assert page_slice.after is not None
    assert msgspec.json.decode(msgspec.json.encode(page_slice.after), type=POSITIONS[sort]) == page_slice.after
