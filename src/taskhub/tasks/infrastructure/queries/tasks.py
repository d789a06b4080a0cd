"""Tasks, read."""

from functools import partial
from uuid import UUID

from sqlalchemy import select

from taskhub.kernel.application.pages import PageRequest, PageSlice
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import TaskFilter, TaskSort
from taskhub.tasks.application.views import TaskView
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.filters import names_of, values_of
from taskhub.tasks.infrastructure.queries.labelled_and_assigned import (
    is_by_label_and_assignee,
    labelled_and_assigned_statement,
)
from taskhub.tasks.infrastructure.queries.lists import ListShape, list_statement, rows_for
from taskhub.tasks.infrastructure.queries.past.tasks import PastTasks
from taskhub.tasks.infrastructure.queries.search import search_statement
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import TASK_BY_REF, WORKSPACE_ID, ref_type, task_parameters

_tasks = TASKS.table.c
_ONE = select(*(_tasks[name] for name in TASKS.view_columns)).where(_tasks.workspace_id == WORKSPACE_ID)
_LIVE = _tasks.deleted_at.is_(None)
_TASK = {
    (kind, with_deleted): Statement(_ONE.where(is_named, *([] if with_deleted else [_LIVE])))
    for kind, is_named in TASK_BY_REF.items()
    for with_deleted in (False, True)
}


def statement_of(shape: ListShape) -> Statement:
    """The one for the list."""
    if shape.searches:
        return search_statement(shape)
    return labelled_and_assigned_statement(shape) if is_by_label_and_assignee(shape) else list_statement(shape)


class SqlTaskQueries:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._past = PastTasks(database)

    async def find(
        self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool = False, as_of: int | None = None
    ) -> TaskView | None:
        if as_of is not None:
            return await self._past.find(workspace_id, ref, as_of, with_deleted=with_deleted)
        parameters = {"workspace_id": workspace_id, **task_parameters(ref)}
        record = await self._database.fetch_row(_TASK[ref_type(ref), with_deleted], parameters)
        return None if record is None else TASKS.show(workspace_id, record)

    async def list(
        self, workspace_id: UUID, filters: TaskFilter, page: PageRequest[TaskSort], *, as_of: int | None = None
    ) -> PageSlice[TaskView]:
        if as_of is not None:
            return await self._past.list(workspace_id, filters, page, as_of)
        goes_on, searches = page.after is not None, filters.q is not None
        shape = ListShape(names_of(filters, page.order), page.order, goes_on, searches, filters.deleted, rows_for(page.limit))
        statement = statement_of(shape)
        parameters = {"workspace_id": workspace_id, **values_of(filters), **ORDERS.page_parameters(page)}
        return ORDERS.slice_of(await self._database.fetch(statement, parameters), page, partial(TASKS.show, workspace_id))

    async def time_zone_at(self, workspace_id: UUID, as_of: int) -> str | None:
        return await self._past.time_zone(workspace_id, as_of)
