"""Tasks, read."""

from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, bindparam, select

from taskhub.kernel.infrastructure.database import Database, Record
from taskhub.kernel.infrastructure.statements import Statement
from taskhub.tasks.application.ports import TaskRef
from taskhub.tasks.application.queries import PageRequest, Portion, TaskFilter, TaskSort
from taskhub.tasks.application.views import PRIORITY_KEYS, DueView, TaskView
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.filters import names_of, values_of
from taskhub.tasks.infrastructure.queries.lists import WORKSPACE_ID, Shape, list_statement, rows_for, shown
from taskhub.tasks.infrastructure.queries.search import search_statement
from taskhub.tasks.infrastructure.queries.sorting import parameters_of, position_of

_tasks = TASKS.table.c
_ONE = select(*shown(_tasks)).where(_tasks.workspace_id == WORKSPACE_ID)
_BY_ID = _ONE.where(_tasks.id == bindparam("id", type_=Uuid()))
_BY_KEY = _ONE.where(
    _tasks.project_key == bindparam("project_key", type_=Text()), _tasks.number == bindparam("number", type_=Integer())
)
_LIVE = _tasks.deleted_at.is_(None)
_TASK_BY_ID = {False: Statement(_BY_ID.where(_LIVE)), True: Statement(_BY_ID)}
_TASK_BY_KEY = {False: Statement(_BY_KEY.where(_LIVE)), True: Statement(_BY_KEY)}
_PRIORITIES = tuple(PRIORITY_KEYS[priority] for priority in Priority)


class SqlTaskQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool = False) -> TaskView | None:
        parameters: dict[str, Any] = {"workspace_id": workspace_id}
        if isinstance(ref, UUID):
            statement, parameters["id"] = _TASK_BY_ID[with_deleted], ref
        else:
            statement = _TASK_BY_KEY[with_deleted]
            parameters |= {"project_key": ref.project_key, "number": ref.number}
        record = await self._database.fetch_row(statement, parameters)
        return None if record is None else task_of(record)

    async def list(self, workspace_id: UUID, chosen: TaskFilter, page: PageRequest[TaskSort]) -> Portion[TaskView]:
        goes_on, searches = page.after is not None, chosen.q is not None
        shape = Shape(names_of(chosen), page.order, goes_on, searches, chosen.deleted, rows_for(page.limit))
        statement = search_statement(shape) if shape.searches else list_statement(shape)
        parameters = {"workspace_id": workspace_id, "limit": page.limit + 1, **values_of(chosen)}
        if page.after is not None:
            parameters |= parameters_of(page.order, page.after)
        records = await self._database.fetch(statement, parameters)
        has_more = len(records) > page.limit
        after = position_of(page.order, records[page.limit - 1]) if has_more else None
        return Portion([task_of(record) for record in records[: page.limit]], after)


def task_of(record: Record) -> TaskView:
    """The representation of a row of `VIEW_COLUMNS`: by position, because pages are made of many."""
    (
        id,
        workspace_id,
        project_id,
        project_key,
        number,
        title,
        description,
        status,
        status_category,
        priority,
        assignee_ids,
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
        _,
    ) = record
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
        None if due_date is None else DueView(due_date, due_time, due_time_zone),
        due_at,
        closed_at,
        created_by_id,
        created_at,
        updated_at,
        deleted_at,
        version,
    )
