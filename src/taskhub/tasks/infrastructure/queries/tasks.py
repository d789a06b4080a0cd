"""Tasks, read."""

from functools import partial
from uuid import UUID

from sqlalchemy import select

from taskhub.kernel.infrastructure.postgres.database import Database, Record
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.ports import TaskRef
from taskhub.tasks.application.queries import PageRequest, PageSlice, TaskFilter, TaskSort
from taskhub.tasks.application.views import PRIORITY_KEYS, DueView, TaskView
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.filters import names_of, values_of
from taskhub.tasks.infrastructure.queries.lists import VIEW_COLUMNS, ListShape, list_statement, rows_for
from taskhub.tasks.infrastructure.queries.page_slices import page_parameters, page_slice_of
from taskhub.tasks.infrastructure.queries.search import search_statement
from taskhub.tasks.infrastructure.task_lookup import TASK_BY_REF, WORKSPACE_ID, ref_type, task_parameters

_tasks = TASKS.table.c
_ONE = select(*(_tasks[name] for name in VIEW_COLUMNS)).where(_tasks.workspace_id == WORKSPACE_ID)
_LIVE = _tasks.deleted_at.is_(None)
_TASK = {
    (kind, with_deleted): Statement(_ONE.where(is_named, *([] if with_deleted else [_LIVE])))
    for kind, is_named in TASK_BY_REF.items()
    for with_deleted in (False, True)
}
_WIDTH = len(VIEW_COLUMNS)
_PRIORITIES = tuple(PRIORITY_KEYS[priority] for priority in Priority)


class SqlTaskQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool = False) -> TaskView | None:
        parameters = {"workspace_id": workspace_id, **task_parameters(ref)}
        record = await self._database.fetch_row(_TASK[ref_type(ref), with_deleted], parameters)
        return None if record is None else task_of(workspace_id, record)

    async def list(self, workspace_id: UUID, filters: TaskFilter, page: PageRequest[TaskSort]) -> PageSlice[TaskView]:
        goes_on, searches = page.after is not None, filters.q is not None
        shape = ListShape(names_of(filters, page.order), page.order, goes_on, searches, filters.deleted, rows_for(page.limit))
        statement = search_statement(shape) if shape.searches else list_statement(shape)
        parameters = {"workspace_id": workspace_id, **values_of(filters), **page_parameters(page)}
        return page_slice_of(await self._database.fetch(statement, parameters), page, partial(task_of, workspace_id))


def task_of(workspace_id: UUID, record: Record) -> TaskView:
    """The representation of a row that begins with `VIEW_COLUMNS`: by position, because pages are made of many."""
    (
        id,
        project_id,
        project_key,
        number,
        title,
        description,
        status,
        status_category,
        priority,
        assignee_ids,
        label_ids,
        parent_id,
        blocked_by_ids,
        due_date,
        due_time,
        due_time_zone,
        due_at,
        closed_at,
        created_by_id,
        created_at,
        updated_at,
        deleted_at,
        version,
    ) = record[:_WIDTH]
    return TaskView(
        id,
        workspace_id,
        project_id,
        number,
        f"{project_key}-{number}",
        title,
        description,
        status,
        status_category,
        _PRIORITIES[priority],
        assignee_ids,
        label_ids,
        parent_id,
        blocked_by_ids,
        None if due_date is None else DueView(due_date, due_time, due_time_zone),
        due_at,
        closed_at,
        created_by_id,
        created_at,
        updated_at,
        deleted_at,
        version,
    )
