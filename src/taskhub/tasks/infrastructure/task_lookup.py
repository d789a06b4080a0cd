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
_KEYED = ((_tasks, _tasks.c.id), (_former, _former.c.task_id))
"""Where keys of tasks stand, with the ids of those tasks: today's in the tasks, former ones in a table of their own."""

_GIVEN_KEYS = (
    func.unnest(bindparam("project_keys", type_=ARRAY(Text())), bindparam("numbers", type_=ARRAY(Integer())))
    .table_valued(column("project_key", Text()), column("number", Integer()), name="named")
    .render_derived()
)
"""The keys that are looked up, many at once."""

IDS_OF_KEYS = [
    select(_GIVEN_KEYS.c.project_key, _GIVEN_KEYS.c.number, id.label("id"))
    .join_from(table, _GIVEN_KEYS, (table.c.project_key == _GIVEN_KEYS.c.project_key) & (table.c.number == _GIVEN_KEYS.c.number))
    .where(table.c.workspace_id == WORKSPACE_ID)
    for table, id in _KEYED
]
"""The ids of tasks by `_GIVEN_KEYS`: two queries, to be united."""

_KEY = bindparam("project_key", type_=Text())
_NUMBER = bindparam("number", type_=Integer())
_ids_of_key = (
    select(id).where(table.c.workspace_id == WORKSPACE_ID, table.c.project_key == _KEY, table.c.number == _NUMBER)
    for table, id in _KEYED
)
TASK_BY_REF: dict[type, ColumnElement[bool]] = {
    UUID: _tasks.c.id == bindparam("id", type_=Uuid()),
    TaskKey: _tasks.c.id == func.coalesce(*(query.correlate(None).scalar_subquery() for query in _ids_of_key)),
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


def key_parameters(keys: Iterable[TaskKey]) -> dict[str, Any]:
    given = list(keys)
    return {"project_keys": [key.project_key for key in given], "numbers": [key.number for key in given]}


def project_parameters(ref: ProjectRef) -> dict[str, Any]:
    return {"id": ref} if isinstance(ref, UUID) else {"key": ref.key}
