"""Tasks, loaded whole: alone, with their project, with those around them, and many at once."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Uuid, bindparam, func, insert, literal, or_, select, union

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.repository import SqlRepository, checked
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.application.ports import Expired, TaskSubtree
from taskhub.tasks.contract.references import ExternalKey, TaskRef
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import PEOPLE, Task
from taskhub.tasks.infrastructure.held_keys import find_owners, known_owners
from taskhub.tasks.infrastructure.known_tasks import known_in_project
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.tasks.infrastructure.repositories.projects import SqlProjectRepository, share_lock_projects
from taskhub.tasks.infrastructure.rows import FormerKeyRow
from taskhub.tasks.infrastructure.task_lookup import TASK_BY_REF, WORKSPACE_ID, ref_type, task_parameters
from taskhub.tasks.infrastructure.tasks_port import sql_tasks

_tasks, _projects = TASKS.table.c, PROJECTS.table.c
_former, _events = table_of(FormerKeyRow), table_of(EventRow).c
_IN_WORKSPACE = _tasks.workspace_id == WORKSPACE_ID
ITS_PROJECT = (_projects.workspace_id == _tasks.workspace_id) & (_projects.id == _tasks.project_id)
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_LIMIT = bindparam("limit", type_=Integer())
_WIDTH = len(TASKS.columns)

TASK_AND_PROJECT = (*TASKS.columns, *(column.label(f"project__{column.name}") for column in PROJECTS.columns))
_with_project = select(*TASK_AND_PROJECT).join_from(TASKS.table, PROJECTS.table, ITS_PROJECT).where(_IN_WORKSPACE)
_WITH_PROJECT = {kind: Statement(_with_project.where(is_named)) for kind, is_named in TASK_BY_REF.items()}
_WITH_PROJECT_LOCKED = {
    kind: Statement(
        _with_project.where(is_named, *PROJECTS.criteria).with_for_update(of=[PROJECTS.table, TASKS.table])  # In this order.
    )
    for kind, is_named in TASK_BY_REF.items()
}
_ids = select(_tasks.id, _tasks.project_id, _tasks.deleted_at).where(_IN_WORKSPACE)
_ITS_IDS = {kind: Statement(_ids.where(is_named)) for kind, is_named in TASK_BY_REF.items()}

_homes = select(_tasks.project_id).where(_IN_WORKSPACE, _tasks.id == func.any(_IDS)).scalar_subquery()
_wanted = func.array_cat(func.array(_homes), bindparam("further_ids", type_=ARRAY(Uuid())))
_their_projects = (
    select(*PROJECTS.columns)
    .where(_projects.workspace_id == WORKSPACE_ID, _projects.id == func.any(_wanted), *PROJECTS.criteria)
    .order_by(_projects.id)
)
_LOCK_THEIR_PROJECTS = {
    in_structure: Statement(_their_projects.with_for_update(read=not in_structure, key_share=not in_structure))
    for in_structure in (False, True)
}

_self = select(_tasks.id, _tasks.parent_id).where(_IN_WORKSPACE, _tasks.id == bindparam("id", type_=Uuid()))
_below = _self.cte("below", recursive=True)
_below = _below.union(select(_tasks.id, _tasks.parent_id).where(_IN_WORKSPACE).join(_below, _tasks.parent_id == _below.c.id))
_around = union(select(_below.c.id), _self.with_only_columns(_tasks.parent_id)).scalar_subquery()
_SUBTREE = Statement(
    select(*TASKS.columns)
    .where(_IN_WORKSPACE, _tasks.id == func.any(func.array(_around)))
    .order_by(_tasks.id)
    .with_for_update(of=TASKS.table)
)

_USER_IDS = bindparam("user_ids", type_=ARRAY(Uuid()))
_ASSIGNED = Statement(
    select(*TASKS.columns)
    .where(_IN_WORKSPACE, or_(*(_tasks[name].contains(_USER_IDS) for name in PEOPLE)))
    .order_by(_tasks.id)
    .limit(_LIMIT)
    .with_for_update()
)

_is_expired = _tasks.deleted_at < bindparam("instant", type_=_tasks.deleted_at.type)
_some_expired = (
    select(_tasks.id).where(_IN_WORKSPACE, _is_expired).order_by(_tasks.trashed_with.is_not(None), _tasks.id).limit(_LIMIT)
)
_EXPIRED_IDS = Statement(_some_expired)
_EXPIRED = Statement(
    select(*TASKS.columns)
    .where(_IN_WORKSPACE, or_(_is_expired & (_tasks.id == func.any(_IDS)), _tasks.blocked_by_ids.overlap(_IDS)))
    .order_by(_tasks.id)
    .with_for_update()
)

_USED_IDS = Statement(
    select(_events.entity_id).where(
        _events.stream_id == WORKSPACE_ID, _events.entity_id == func.any(_IDS), _events.entity_version == literal(1)
    )
)

_KEY = ("project_key", "number", "task_id")
_key = (
    func.unnest(*(bindparam(f"{name}s", type_=ARRAY(_former.c[name].type)) for name in _KEY))
    .table_valued(*_KEY, name="key")
    .render_derived()
)
_RECORD_FORMER_KEYS = Statement(insert(_former).from_select(["workspace_id", *_KEY], select(WORKSPACE_ID, *_key.c)))


class SqlTaskRepository(SqlRepository[Task]):
    mapping = TASKS

    def __init__(self, uow: SqlUnitOfWork, projects: SqlProjectRepository) -> None:
        super().__init__(uow)
        self._projects = projects

    async def identify(self, workspace_id: UUID, ref: TaskRef, *, with_deleted: bool = False) -> UUID:
        ids = await self._ids(workspace_id, ref)
        if ids["deleted_at"] is not None and not with_deleted:
            raise NotFound
        id: UUID = ids["id"]
        return id

    async def get_in_project(
        self, workspace_id: UUID, ref: TaskRef, *, expected: Expected = None, with_deleted: bool = False
    ) -> tuple[Task, Project]:
        if self._uow.is_locking:
            task, project = await self._lock_in_project(workspace_id, ref)
        else:
            task, project = await self._read_in_project(workspace_id, ref)
        return checked(visible(task, with_deleted=with_deleted), expected), project

    async def get_subtree(
        self,
        workspace_id: UUID,
        ref: TaskRef,
        *,
        expected: Expected = None,
        with_deleted: bool = False,
        target_id: UUID | None = None,
    ) -> TaskSubtree:
        id, project_id, _ = await self._ids(workspace_id, ref)
        projects = await self._projects_by_id(workspace_id, {project_id, target_id or project_id})
        records = await self._uow.fetch(_SUBTREE, {"workspace_id": workspace_id, "id": id})
        around = {task.id: task for task in map(self.track, sorted(records, key=itemgetter("rank")))}
        task = checked(visible(around.get(id), with_deleted=with_deleted), expected)
        parent = around.get(task.content.parent_id) if task.content.parent_id else None
        below = [one for one in around.values() if one is not task and one is not parent]
        target = projects.get(target_id or task.project_id)
        target = target if target is not None and target.deleted_at is None else None
        return TaskSubtree(task, self._locked_project(task, projects), parent, below, target)

    async def find_batch(
        self, workspace_id: UUID, ids: Iterable[UUID], *, in_structure: bool
    ) -> dict[UUID, tuple[Task, Project]]:
        wanted = list(ids)
        parameters = {"workspace_id": workspace_id, "ids": wanted, "further_ids": list(self._uow.lock_first)}
        found = await self._uow.fetch(_LOCK_THEIR_PROJECTS[in_structure], parameters)
        projects = {project.id: project for project in map(self._projects.track, found)}
        tasks = [task for task in await self.find_all(workspace_id, wanted) if task.deleted_at is None]
        return {task.id: (task, self._locked_project(task, projects)) for task in tasks}

    async def used_ids(self, workspace_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        records = await self._uow.fetch(_USED_IDS, {"workspace_id": workspace_id, "ids": list(ids)})
        return frozenset(record["entity_id"] for record in records)

    async def external_key_owners(self, workspace_id: UUID, keys: Iterable[str]) -> dict[str, UUID]:
        wanted = set(keys)
        known = known_owners(self._uow, wanted)
        return await find_owners(self._uow, workspace_id, wanted) if known is None else known

    async def require_open(self, workspace_id: UUID, ref: TaskRef) -> UUID:
        facts = await sql_tasks(self._uow).require(workspace_id, ref)
        return facts.id

    async def find_expired(self, workspace_id: UUID, instant: datetime, *, limit: int) -> Expired:
        await share_lock_projects(self._uow, workspace_id)
        found = await self._uow.fetch(_EXPIRED_IDS, {"workspace_id": workspace_id, "instant": instant, "limit": limit})
        ids = {record["id"] for record in found}
        tasks = await self._load_all(_EXPIRED, {"workspace_id": workspace_id, "instant": instant, "ids": list(ids)})
        expired = [task for task in tasks if task.id in ids and task.deleted_at is not None and task.deleted_at < instant]
        return Expired(expired, [task for task in tasks if task not in expired])

    async def find_assigned(self, user_id: UUID, workspace_id: UUID, *, limit: int) -> list[Task]:
        await share_lock_projects(self._uow, workspace_id)
        parameters = {"workspace_id": workspace_id, "user_ids": [user_id], "limit": limit}
        return await self._load_all(_ASSIGNED, parameters)

    async def record_former_keys(self, tasks: Iterable[Task]) -> None:
        kept = list(tasks)
        parameters = {
            "workspace_id": kept[0].workspace_id,
            "project_keys": [task.project_key for task in kept],
            "numbers": [task.number for task in kept],
            "task_ids": [task.id for task in kept],
        }
        await self._uow.write(_RECORD_FORMER_KEYS, parameters)

    def track_with_project(self, record: Record) -> tuple[Task, Project]:
        """``record``: of a statement that begins with the columns of `TASK_AND_PROJECT`."""
        return self.track(record), self._projects.track(record[_WIDTH : _WIDTH + len(PROJECTS.columns)])

    async def _ids(self, workspace_id: UUID, ref: TaskRef) -> Record:
        ids = await self._uow.fetch_row(_ITS_IDS[ref_type(ref)], {"workspace_id": workspace_id, **task_parameters(ref)})
        if ids is None:
            raise NotFound
        return ids

    async def _read_in_project(self, workspace_id: UUID, ref: TaskRef) -> tuple[Task, Project]:
        record = await self._uow.fetch_row(_WITH_PROJECT[ref_type(ref)], {"workspace_id": workspace_id, **task_parameters(ref)})
        if record is None:
            raise NotFound
        return self.track_with_project(record)

    async def _lock_in_project(self, workspace_id: UUID, ref: TaskRef) -> tuple[Task, Project]:
        """Locks the project before the task, as everyone does."""
        if (known := known_in_project(self._uow, workspace_id, ref)) is not None:
            return known
        if isinstance(ref, ExternalKey) and known_owners(self._uow, [ref.text]) == {}:
            raise NotFound
        if self._uow.lock_first:
            ids = await self._ids(workspace_id, ref)
            projects = await self._projects_by_id(workspace_id, {ids["project_id"]})
            task = await self.get(workspace_id, ids["id"], with_deleted=True)
            return task, self._locked_project(task, projects)
        statement = _WITH_PROJECT_LOCKED[ref_type(ref)]
        record = await self._uow.fetch_row(statement, {"workspace_id": workspace_id, **task_parameters(ref)})
        if record is None:  # It is not there, or went over to another project while this one's lock was waited for.
            self._uow.lock_first.add((await self._ids(workspace_id, ref))["project_id"])
            raise ConcurrencyConflict
        return self.track_with_project(record)

    async def _projects_by_id(self, workspace_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Project]:
        projects = await self._projects.find_all(workspace_id, {*ids, *self._uow.lock_first})
        return {project.id: project for project in projects}

    def _locked_project(self, task: Task, projects: Mapping[UUID, Project]) -> Project:
        """The project of a task that is locked, if that was locked before it.

        Raises:
            ConcurrencyConflict: it went over to another in between. The next try locks that as well, and so comes to an end.
        """
        if task.project_id not in projects:
            self._uow.lock_first.add(task.project_id)
            raise ConcurrencyConflict
        return projects[task.project_id]


def visible(task: Task | None, *, with_deleted: bool = False) -> Task | None:
    return task if task is not None and (with_deleted or task.deleted_at is None) else None
