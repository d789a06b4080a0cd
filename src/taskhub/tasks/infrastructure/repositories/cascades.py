"""Changes of many tasks by one statement each: a project's trash, a label that goes, statuses that are no more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Text, Uuid, bindparam, case, column, func, null, select, update
from sqlalchemy.dialects.postgresql import array

from taskhub.kernel.infrastructure.postgres.connection import Parameters, Record
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.cascade import Cascade, Changed
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.domain.workflow import CLOSED, Workflow
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.repositories.projects import share_lock_projects
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_tasks = TASKS.table.c
_NOW = bindparam("now", type_=_tasks.updated_at.type)
_PROJECT_ID = bindparam("project_id", type_=Uuid())
_LABEL_ID = bindparam("label_id", type_=Uuid())
_IN_WORKSPACE = _tasks.workspace_id == WORKSPACE_ID
_OF_PROJECT = (_IN_WORKSPACE, _tasks.project_key == bindparam("project_key", type_=Text()))


def _update_tasks(
    fields: tuple[str, ...], *conditions: ColumnElement[bool], joined: ColumnElement[bool] | None = None, **values: Any
) -> Statement:
    """Changes all tasks that meet some conditions, locked in the order of their ids. Returns the fields before and after.

    ``joined`` ties what the values come from to the task.
    """
    shown = [_tasks[name] for name in fields]
    found = select(_tasks.id, *shown).where(*conditions).order_by(_tasks.id).with_for_update().cte("found")
    changed = (
        update(TASKS.table)
        .values(version=_tasks.version + 1, updated_at=_NOW, **values)
        .where(_IN_WORKSPACE, _tasks.id == found.c.id, *([] if joined is None else [joined]))
        .returning(_tasks.id, _tasks.version, *(found.c[name].label(f"was_{name}") for name in fields), *shown)
        .cte("changed")
    )
    return Statement(select(changed).order_by(changed.c.id))


_ORIGINS = bindparam("origins", type_=ARRAY(Text()))
_move = (
    func.unnest(
        _ORIGINS,
        bindparam("targets", type_=ARRAY(Text())),
        bindparam("categories", type_=ARRAY(Text())),
        bindparam("closes", type_=ARRAY(Boolean())),
    )
    .table_valued(
        column("origin", Text()), column("target", Text()), column("category", Text()), column("closes", Boolean()), name="move"
    )
    .render_derived()
)
_TRASH_FIELDS, _LABEL_FIELDS, _STATUS_FIELDS = ("deleted_at",), ("label_ids",), ("status", "status_category", "closed_at")
_TRASH = _update_tasks(_TRASH_FIELDS, *_OF_PROJECT, _tasks.deleted_at.is_(None), deleted_at=_NOW, trashed_with=_PROJECT_ID)
_RESTORE = _update_tasks(_TRASH_FIELDS, *_OF_PROJECT, _tasks.trashed_with == _PROJECT_ID, deleted_at=null(), trashed_with=null())
_REMOVE_LABEL = _update_tasks(
    _LABEL_FIELDS,
    _IN_WORKSPACE,
    _tasks.label_ids.contains(array([_LABEL_ID])),
    label_ids=func.array_remove(_tasks.label_ids, _LABEL_ID),
)
_CHANGE_STATUSES = _update_tasks(
    _STATUS_FIELDS,
    *_OF_PROJECT,
    _tasks.status == func.any(_ORIGINS),
    joined=_tasks.status == _move.c.origin,
    status=_move.c.target,
    status_category=_move.c.category,
    closed_at=case((_move.c.closes, func.coalesce(_tasks.closed_at, _NOW)), else_=null()),
)
_STATUSES = Statement(select(_tasks.status).where(*_OF_PROJECT).distinct())


class SqlCascades:
    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow

    async def trash_tasks_of(self, project: Project, *, now: datetime) -> None:
        await self._run(_TRASH, _of(project), "task.trashed", _TRASH_FIELDS, now)

    async def restore_tasks_of(self, project: Project, *, now: datetime) -> None:
        await self._run(_RESTORE, _of(project), "task.restored", _TRASH_FIELDS, now)

    async def remove_label(self, label: Label, *, now: datetime) -> None:
        await share_lock_projects(self._uow, label.workspace_id)
        parameters = {"workspace_id": label.workspace_id, "label_id": label.id}
        await self._run(_REMOVE_LABEL, parameters, "task.updated", _LABEL_FIELDS, now)

    async def statuses_in_use(self, project: Project) -> frozenset[str]:
        return frozenset(record["status"] for record in await self._uow.fetch(_STATUSES, _of(project)))

    async def change_statuses(self, project: Project, moves: Mapping[str, str], workflow: Workflow, *, now: datetime) -> None:
        categories = [workflow.category_of(target) for target in moves.values()]
        parameters = {
            **_of(project),
            "origins": list(moves),
            "targets": list(moves.values()),
            "categories": categories,
            "closes": [category in CLOSED for category in categories],
        }
        await self._run(_CHANGE_STATUSES, parameters, "task.updated", _STATUS_FIELDS, now)

    async def _run(
        self, statement: Statement, parameters: Parameters, event: str, fields: tuple[str, ...], now: datetime
    ) -> None:
        records = await self._uow.write(statement, {**parameters, "now": now})
        changed = [Changed(record["id"], record["version"], _changes(record, fields)) for record in records]
        self._uow.cascade(Cascade(parameters["workspace_id"], Task.entity_type, event, changed, now))


def _changes(record: Record, fields: tuple[str, ...]) -> dict[str, list[Any]]:
    return {name: [record[f"was_{name}"], record[name]] for name in fields if record[f"was_{name}"] != record[name]}


def _of(project: Project) -> Parameters:
    return {"workspace_id": project.workspace_id, "project_key": project.key, "project_id": project.id}
