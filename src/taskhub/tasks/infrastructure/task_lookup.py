"""How projects and tasks are named: by their ids, or by a key that they have or, as a task that went over, once had."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Text, Uuid, bindparam, column, func, select

from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.tasks.contract.references import ProjectKey, ProjectRef, TaskKey, TaskRef
from taskhub.tasks.infrastructure.rows import FormerKeyRow, ProjectRow, TaskRow

WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())

_tasks, _former = table_of(TaskRow), table_of(FormerKeyRow)
_current = _tasks.alias("current")
_KEY = bindparam("project_key", type_=Text())
_NUMBER = bindparam("number", type_=Integer())
_by_current_key = select(_current.c.id).where(
    _current.c.workspace_id == WORKSPACE_ID, _current.c.project_key == _KEY, _current.c.number == _NUMBER
)
_by_former_key = select(_former.c.task_id).where(
    _former.c.workspace_id == WORKSPACE_ID, _former.c.project_key == _KEY, _former.c.number == _NUMBER
)

TASK_BY_REF: dict[type, ColumnElement[bool]] = {
    UUID: _tasks.c.id == bindparam("id", type_=Uuid()),
    TaskKey: _tasks.c.id == func.coalesce(_by_current_key.scalar_subquery(), _by_former_key.scalar_subquery()),
}
"""The condition by the kind of name. The second look-up is only made where the first finds nothing."""

TASK_KEYS = (
    func.unnest(bindparam("project_keys", type_=ARRAY(Text())), bindparam("numbers", type_=ARRAY(Integer())))
    .table_valued(column("project_key", Text()), column("number", Integer()), name="named")
    .render_derived()
)
"""Keys of tasks, many at once."""


def is_named_in_keys(columns: Any) -> ColumnElement[bool]:
    """Whether a row, of tasks or of former keys, is named by one of `TASK_KEYS`."""
    named: ColumnElement[bool] = (columns.project_key == TASK_KEYS.c.project_key) & (columns.number == TASK_KEYS.c.number)
    return named


_projects = table_of(ProjectRow).c
PROJECT_BY_REF: dict[type, ColumnElement[bool]] = {
    UUID: _projects.id == bindparam("id", type_=Uuid()),
    ProjectKey: _projects.key == bindparam("key", type_=Text()),
}


def ref_type(ref: TaskRef | ProjectRef) -> type:
    return UUID if isinstance(ref, UUID) else type(ref)


def task_parameters(ref: TaskRef) -> dict[str, Any]:
    return {"id": ref} if isinstance(ref, UUID) else {"project_key": ref.project_key, "number": ref.number}


def key_parameters(keys: Iterable[TaskKey]) -> dict[str, Any]:
    given = list(keys)
    return {"project_keys": [key.project_key for key in given], "numbers": [key.number for key in given]}


def project_parameters(ref: ProjectRef) -> dict[str, Any]:
    return {"id": ref} if isinstance(ref, UUID) else {"key": ref.key}
