"""How projects and tasks are named: by their ids, or by a key that they have or, as a task that went over, once had."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, Uuid, bindparam, func, select

from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.tasks.application.ports import ProjectKey, ProjectRef, TaskKey, TaskRef
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

_projects = table_of(ProjectRow).c
PROJECT_BY_REF: dict[type, ColumnElement[bool]] = {
    UUID: _projects.id == bindparam("id", type_=Uuid()),
    ProjectKey: _projects.key == bindparam("key", type_=Text()),
}


def ref_type(ref: TaskRef | ProjectRef) -> type:
    return UUID if isinstance(ref, UUID) else type(ref)


def task_parameters(ref: TaskRef) -> dict[str, Any]:
    return {"id": ref} if isinstance(ref, UUID) else {"project_key": ref.project_key, "number": ref.number}


def project_parameters(ref: ProjectRef) -> dict[str, Any]:
    return {"id": ref} if isinstance(ref, UUID) else {"key": ref.key}
