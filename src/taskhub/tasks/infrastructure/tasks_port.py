"""Tasks over the connection of whichever module asks."""

from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, null, select, union_all

from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.postgres.connection import Parameters, Record
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Guard
from taskhub.kernel.infrastructure.unit_of_work.row_guard import RowGuard
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.contract.errors import ProjectArchived
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.contract.tasks import TaskFacts, Tasks
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.known_tasks import known_in_project
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.tasks.infrastructure.task_lookup import (
    IDS_OF_KEYS,
    NO_DIGEST,
    TASK_BY_REF,
    WORKSPACE_ID,
    GivenKeys,
    ref_type,
    task_parameters,
)

_tasks, _projects = TASKS.table.c, PROJECTS.table.c
_IS_HERE = _tasks.deleted_at.is_(None)
_facts = (
    select(_tasks.id, _tasks.project_id, _tasks.closed_at, _projects.archived_at)
    .join_from(TASKS.table, PROJECTS.table, (_projects.workspace_id == _tasks.workspace_id) & (_projects.id == _tasks.project_id))
    .where(_tasks.workspace_id == WORKSPACE_ID, _IS_HERE)
)
_ONE = {kind: Statement(_facts.where(is_named)) for kind, is_named in TASK_BY_REF.items()}

_named = union_all(*IDS_OF_KEYS).subquery("by_key")
_MANY = Statement(
    union_all(
        _facts.add_columns(null().label("project_key"), null().label("number"), NO_DIGEST).where(
            _tasks.id == func.any(bindparam("ids", type_=ARRAY(Uuid())))
        ),
        _facts.add_columns(_named.c.project_key, _named.c.number, _named.c.digest).join(_named, _named.c.id == _tasks.id),
    )
)

_OPEN_PROJECTS = RowGuard(PROJECTS.table, PROJECTS.key, _projects.archived_at.is_(None))
_IN_PROJECT = (*TASKS.key, "project_id")
_HERE = Guard(TASKS.table, _IN_PROJECT, (_IS_HERE,))
_UNCLOSED = Guard(TASKS.table, _IN_PROJECT, (_IS_HERE, _tasks.closed_at.is_(None)), is_weak=False)


def _lock(*, keep_unclosed: bool) -> Statement:
    """As the guards do: closing a task locks its row less than a change does that others rely on not to happen."""
    locked = select(_tasks.project_id, _tasks.closed_at).where(
        _tasks.workspace_id == WORKSPACE_ID, _tasks.id == bindparam("id", type_=Uuid()), _IS_HERE
    )
    return Statement(locked.with_for_update(read=True, key_share=not keep_unclosed))


_LOCK = {keep_unclosed: _lock(keep_unclosed=keep_unclosed) for keep_unclosed in (False, True)}


class _Fetching(Protocol):
    """A unit of work, or the database itself."""

    async def fetch(self, statement: Statement, parameters: Parameters, /) -> list[Record]: ...


class SqlTaskReader:
    def __init__(self, connection: _Fetching) -> None:
        self._connection = connection

    async def find(self, workspace_id: UUID, refs: Iterable[TaskRef]) -> dict[TaskRef, TaskFacts]:
        wanted = frozenset(refs)
        if not wanted:
            return {}
        keys, ids = GivenKeys(wanted), [ref for ref in wanted if isinstance(ref, UUID)]
        found: dict[TaskRef, TaskFacts] = {}
        for *facts, project_key, number, digest in await self._connection.fetch(
            _MANY, {"workspace_id": workspace_id, "ids": ids, **keys.parameters}
        ):
            is_id = number is None and digest is None
            found[facts[0] if is_id else keys.key_of(project_key, number, digest)] = _facts_of(facts)
        return found


class SqlTasks(SqlTaskReader):
    def __init__(self, uow: SqlUnitOfWork) -> None:
        super().__init__(uow)
        self._uow = uow

    async def require(self, workspace_id: UUID, ref: TaskRef, *, keep_unclosed: bool = False) -> TaskFacts:
        if (known := known_in_project(self._uow, workspace_id, ref)) is not None:
            return _facts_of_known(*known)
        record = await self._uow.fetch_row(_ONE[ref_type(ref)], {"workspace_id": workspace_id, **task_parameters(ref)})
        if record is None:
            raise NotFound
        facts = _facts_of(record)
        if facts.is_archived or not await _OPEN_PROJECTS.require(self._uow, workspace_id, [facts.project_id]):
            raise ProjectArchived
        if self._uow.is_locking:
            return await self._locked(workspace_id, facts, keep_unclosed=keep_unclosed)
        guard = _UNCLOSED if keep_unclosed and not facts.is_closed else _HERE
        self._uow.identity_map.guard(guard, (workspace_id, facts.id, facts.project_id))
        return facts

    async def _locked(self, workspace_id: UUID, facts: TaskFacts, *, keep_unclosed: bool) -> TaskFacts:
        row = await self._uow.fetch_row(_LOCK[keep_unclosed], {"workspace_id": workspace_id, "id": facts.id})
        if row is None:
            raise NotFound
        if row["project_id"] != facts.project_id:
            raise ConcurrencyConflict  # It went over to another project, which is not locked.
        return TaskFacts(facts.id, facts.project_id, row["closed_at"] is not None, is_archived=False)


def _facts_of_known(task: Task, project: Project) -> TaskFacts:
    """Both are locked alone: whatever else was to be kept is kept.

    Raises:
        NotFound
        ProjectArchived
    """
    if task.deleted_at is not None:
        raise NotFound
    if project.archived_at is not None:
        raise ProjectArchived
    return TaskFacts(task.id, task.project_id, task.closed_at is not None, is_archived=False)


def _facts_of(record: Any) -> TaskFacts:
    id, project_id, closed_at, archived_at = record
    return TaskFacts(id, project_id, closed_at is not None, archived_at is not None)


def sql_tasks(uow: SqlUnitOfWork) -> Tasks:
    return SqlTasks(uow)
