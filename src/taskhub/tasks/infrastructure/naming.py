"""How a task is named: by its id, or by a key that it has or once had."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, Uuid, bindparam, func, select

from taskhub.kernel.infrastructure.rows import table_of
from taskhub.tasks.application.ports import TaskKey, TaskRef
from taskhub.tasks.infrastructure.rows import FormerKeyRow, TaskRow

WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())

_tasks, _former = table_of(TaskRow), table_of(FormerKeyRow)
_current = _tasks.alias("current")
_KEY = bindparam("project_key", type_=Text())
_NUMBER = bindparam("number", type_=Integer())
_now_named = select(_current.c.id).where(
    _current.c.workspace_id == WORKSPACE_ID, _current.c.project_key == _KEY, _current.c.number == _NUMBER
)
_once_named = select(_former.c.task_id).where(
    _former.c.workspace_id == WORKSPACE_ID, _former.c.project_key == _KEY, _former.c.number == _NUMBER
)

IS_NAMED: dict[type, ColumnElement[bool]] = {
    UUID: _tasks.c.id == bindparam("id", type_=Uuid()),
    TaskKey: _tasks.c.id == func.coalesce(_now_named.scalar_subquery(), _once_named.scalar_subquery()),
}
"""The condition by the kind of name. The second look-up is only made where the first finds nothing."""


def kind_of(ref: TaskRef) -> type:
    return UUID if isinstance(ref, UUID) else TaskKey


def name_parameters(ref: TaskRef) -> dict[str, Any]:
    return {"id": ref} if isinstance(ref, UUID) else {"project_key": ref.project_key, "number": ref.number}
