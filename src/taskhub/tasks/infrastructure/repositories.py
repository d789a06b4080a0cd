"""Projects and tasks, loaded whole."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Text, Uuid, bindparam, null, select, update

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.cascade import Cascade, Changed
from taskhub.kernel.infrastructure.database import Record
from taskhub.kernel.infrastructure.mapping import Mapping
from taskhub.kernel.infrastructure.repository import SqlRepository, checked
from taskhub.kernel.infrastructure.statements import Statement
from taskhub.tasks.application.ports import TaskKey, TaskRef
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS

_tasks, _projects = TASKS.table.c, PROJECTS.table.c
_BY_ID = (_tasks.id == bindparam("id", type_=Uuid()),)
_BY_KEY = (
    _tasks.project_key == bindparam("project_key", type_=Text()),
    _tasks.number == bindparam("number", type_=Integer()),
)
_IN_WORKSPACE = _tasks.workspace_id == bindparam("workspace_id", type_=Uuid())
_WITH_PROJECT = (
    select(*TASKS.columns, *(column.label(f"project__{column.name}") for column in PROJECTS.columns))
    .join_from(TASKS.table, PROJECTS.table, (_projects.workspace_id == _tasks.workspace_id) & (_projects.id == _tasks.project_id))
    .where(_IN_WORKSPACE)
)
_TASK_WITH_PROJECT = {UUID: Statement(_WITH_PROJECT.where(*_BY_ID)), TaskKey: Statement(_WITH_PROJECT.where(*_BY_KEY))}
_ITS_IDS = select(_tasks.id, _tasks.project_id).where(_IN_WORKSPACE)
_TASK_IDS = {UUID: Statement(_ITS_IDS.where(*_BY_ID)), TaskKey: Statement(_ITS_IDS.where(*_BY_KEY))}
_WIDTH = len(TASKS.columns)

CASCADE_SECONDS = 60.0
_ASSIGNED_TO = Statement(
    select(*TASKS.columns)
    .where(_IN_WORKSPACE, _tasks.assignee_ids.contains(bindparam("user_ids", type_=ARRAY(Uuid()))))
    .order_by(_tasks.id)
    .limit(bindparam("limit", type_=Integer()))
    .with_for_update()
)


def _deleted_before(mapping: Mapping[Any]) -> Statement:
    table = mapping.table.c
    return Statement(
        select(*mapping.columns)
        .where(
            table.workspace_id == bindparam("workspace_id", type_=Uuid()),
            table.deleted_at < bindparam("instant", type_=table.deleted_at.type),
            *mapping.visible,
        )
        .order_by(table.id)
        .limit(bindparam("limit", type_=Integer()))
        .with_for_update()
    )


_OLD_PROJECTS, _OLD_TASKS = _deleted_before(PROJECTS), _deleted_before(TASKS)
_OF_PROJECT = (_IN_WORKSPACE, _tasks.project_id == bindparam("project_id", type_=Uuid()))
_NOW = bindparam("now", type_=_tasks.updated_at.type)


def _cascade_statement(condition: ColumnElement[bool], **values: Any) -> Statement:
    """Changes all tasks of a project that meet a condition, locked in the order of their ids."""
    found = select(_tasks.id, _tasks.deleted_at).where(*_OF_PROJECT, condition).order_by(_tasks.id).with_for_update().cte("found")
    changed = (
        update(TASKS.table)
        .values(version=_tasks.version + 1, updated_at=_NOW, **values)
        .where(_IN_WORKSPACE, _tasks.id == found.c.id)
        .returning(_tasks.id, _tasks.version, found.c.deleted_at.label("was_deleted_at"))
        .cte("changed")
    )
    return Statement(select(changed).order_by(changed.c.id))


_TRASH_ALL = _cascade_statement(_tasks.deleted_at.is_(None), deleted_at=_NOW, trashed_with=bindparam("project_id", type_=Uuid()))
_RESTORE_ALL = _cascade_statement(
    _tasks.trashed_with == bindparam("project_id", type_=Uuid()), deleted_at=null(), trashed_with=null()
)


class SqlProjects(SqlRepository[Project]):
    mapping = PROJECTS

    async def deleted_before(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Project]:
        return await self._load_all(_OLD_PROJECTS, {"workspace_id": workspace_id, "instant": instant, "limit": limit})


class SqlTasks(SqlRepository[Task]):
    mapping = TASKS

    async def get_in_project(
        self, workspace_id: UUID, ref: TaskRef, *, expected: Expected = None, with_deleted: bool = False
    ) -> tuple[Task, Project]:
        if self._uow.is_locking:
            task, project = await self._lock_in_project(workspace_id, ref, with_deleted=with_deleted)
        else:
            task, project = await self._read_in_project(workspace_id, ref)
        visible = task if with_deleted or task.deleted_at is None else None
        return checked(visible, expected), project

    async def _read_in_project(self, workspace_id: UUID, ref: TaskRef) -> tuple[Task, Project]:
        record = await self._uow.fetch_row(_TASK_WITH_PROJECT[_kind(ref)], {"workspace_id": workspace_id, **_parameters(ref)})
        if record is None:
            raise NotFound
        project: Any = PROJECTS.from_row(tuple(record)[_WIDTH:])
        return self._track(TASKS.from_row(record)), SqlProjects(self._uow)._track(project)

    async def _lock_in_project(self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool) -> tuple[Task, Project]:
        """Locks the project before the task, as everyone does."""
        ids = await self._uow.fetch_row(_TASK_IDS[_kind(ref)], {"workspace_id": workspace_id, **_parameters(ref)})
        if ids is None:
            raise NotFound
        project = await SqlProjects(self._uow).get(workspace_id, ids["project_id"], with_deleted=True)
        return await self.get(workspace_id, ids["id"], with_deleted=with_deleted), project

    async def deleted_before(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Task]:
        return await self._load_all(_OLD_TASKS, {"workspace_id": workspace_id, "instant": instant, "limit": limit})

    async def assigned_to(self, user_id: UUID, workspace_id: UUID, *, limit: int) -> list[Task]:
        parameters = {"workspace_id": workspace_id, "user_ids": [user_id], "limit": limit}
        return await self._load_all(_ASSIGNED_TO, parameters)

    async def trash_with(self, project: Project, *, now: datetime) -> None:
        moved = await self._uow.write(_TRASH_ALL, {**_of(project), "now": now}, seconds=CASCADE_SECONDS)
        self._cascade("task.trashed", project, moved, now, lambda _: {"deleted_at": [None, now]})

    async def restore_with(self, project: Project, *, now: datetime) -> None:
        moved = await self._uow.write(_RESTORE_ALL, {**_of(project), "now": now}, seconds=CASCADE_SECONDS)
        self._cascade("task.restored", project, moved, now, lambda task: {"deleted_at": [task["was_deleted_at"], None]})

    def _cascade(
        self, event: str, project: Project, moved: list[Record], now: datetime, changes: Callable[[Record], dict[str, list[Any]]]
    ) -> None:
        changed = [Changed(record["id"], record["version"], changes(record)) for record in moved]
        self._uow.cascade(Cascade(project.workspace_id, Task.entity_type, event, changed, now))


def _of(project: Project) -> dict[str, Any]:
    return {"workspace_id": project.workspace_id, "project_id": project.id}


def _kind(ref: TaskRef) -> type:
    return UUID if isinstance(ref, UUID) else TaskKey


def _parameters(ref: TaskRef) -> dict[str, Any]:
    return {"id": ref} if isinstance(ref, UUID) else {"project_key": ref.project_key, "number": ref.number}
