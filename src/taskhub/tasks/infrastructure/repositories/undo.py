"""What taking back commands reads and locks, over the unit of work of whoever does it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, Uuid, bindparam, cast, column, delete, func, literal, select, update

from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.infrastructure.cache.row_cache import RowCache
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.application.ports import RankGap
from taskhub.tasks.application.undo.ports import FormerPlace, UndoWork
from taskhub.tasks.domain.comment import Comment
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.mappings import LABELS, TASKS
from taskhub.tasks.infrastructure.repositories.comments import SqlCommentRepository
from taskhub.tasks.infrastructure.repositories.labels import SqlLabelRepository
from taskhub.tasks.infrastructure.repositories.order import SqlTaskOrder
from taskhub.tasks.infrastructure.repositories.projects import SqlProjectRepository
from taskhub.tasks.infrastructure.repositories.structure import SqlStructure
from taskhub.tasks.infrastructure.repositories.tasks import SqlTaskRepository
from taskhub.tasks.infrastructure.rows import FormerKeyRow, FormerPlaceRow
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID
from taskhub.workspaces.contract.memberships import Memberships

_tasks = TASKS.table.c
_places, _former = table_of(FormerPlaceRow), table_of(FormerKeyRow)
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_WITHOUT = bindparam("without", type_=ARRAY(Uuid()))
_LIMIT = bindparam("limit", type_=Integer())
_IN_WORKSPACE = _tasks.workspace_id == WORKSPACE_ID
_IN_PROJECT = (_IN_WORKSPACE, _tasks.project_key == bindparam("project_key", type_=Text()))
_HOMES = Statement(select(_tasks.project_id).where(_IN_WORKSPACE, _tasks.id == func.any(_IDS)).distinct())
_others = select(_tasks.id).where(*_IN_PROJECT, _tasks.id != func.all(_WITHOUT))
_LIVE = Statement(_others.where(_tasks.deleted_at.is_(None)).order_by(_tasks.id).limit(_LIMIT))
_STATUSES = Statement(_others.with_only_columns(_tasks.status).distinct())
_LABELLED = Statement(
    select(_tasks.id)
    .where(
        _IN_WORKSPACE,
        _tasks.label_ids.contains(bindparam("label_ids", type_=ARRAY(Uuid()))),
        _tasks.id != func.all(_WITHOUT),
    )
    .order_by(_tasks.id)
    .limit(_LIMIT)
)
_labels = LABELS.table.c
# Nobody else sees these names, and no label can have one of them.
_FREE_NAMES = Statement(
    update(LABELS.table)
    .values(folded_name=literal("\n", Text()).concat(cast(_labels.id, Text())))
    .where(_labels.workspace_id == WORKSPACE_ID, _labels.id == func.any(_IDS))
)
_PLACES = Statement(
    select(_places.c.task_id, _places.c.version, _places.c.rank)
    .where(_places.c.workspace_id == WORKSPACE_ID, _places.c.task_id == func.any(_IDS))
    .order_by(_places.c.task_id, _places.c.version)
)
_RANKS = Statement(select(_tasks.id, _tasks.rank).where(_IN_WORKSPACE, _tasks.id == func.any(_IDS)))
_HOLDERS = Statement(
    select(_tasks.rank, _tasks.id).where(*_IN_PROJECT, _tasks.rank == func.any(bindparam("ranks", type_=ARRAY(Text()))))
)
_key = (
    func.unnest(bindparam("project_keys", type_=ARRAY(Text())), bindparam("numbers", type_=ARRAY(Integer())))
    .table_valued(column("project_key", Text()), column("number", Integer()), name="key")
    .render_derived()
)
_FORGET_KEYS = Statement(
    delete(_former).where(
        _former.c.workspace_id == WORKSPACE_ID,
        _former.c.project_key == _key.c.project_key,
        _former.c.number == _key.c.number,
    )
)


class SqlUndoWork:
    def __init__(self, uow: SqlUnitOfWork, memberships: Callable[[SqlUnitOfWork], Memberships], project_cache: RowCache) -> None:
        self._uow = uow
        self._project_cache = project_cache
        self.memberships = memberships(uow)
        self.projects = SqlProjectRepository(uow, project_cache)
        self.tasks = SqlTaskRepository(uow, self.projects)
        self.structure = SqlStructure(uow)
        self.order = SqlTaskOrder(uow, self.tasks)
        self.labels = SqlLabelRepository(uow)
        self.comments = SqlCommentRepository(uow)

    async def lock_labels(self, workspace_id: UUID, ids: Iterable[UUID]) -> Mapping[UUID, Label]:
        wanted = [*ids]
        return {label.id: label for label in await self.labels.find_all(workspace_id, wanted)} if wanted else {}

    async def free_names(self, labels: Sequence[Label]) -> None:
        ids = [label.id for label in labels]
        await self._uow.write(_FREE_NAMES, {"workspace_id": labels[0].workspace_id, "ids": ids})

    async def lock_tasks(
        self, workspace_id: UUID, ids: Iterable[UUID], project_ids: Iterable[UUID]
    ) -> tuple[Mapping[UUID, Task], Mapping[UUID, Project]]:
        """Raises:
        ConcurrencyConflict: one went over to another project in between. The next try locks that as well.
        """
        wanted = [*ids]
        homes = await self._uow.fetch(_HOMES, {"workspace_id": workspace_id, "ids": wanted})
        locked = {*(home["project_id"] for home in homes), *project_ids, *self._uow.lock_first}
        projects = {project.id: project for project in await self.projects.find_all(workspace_id, locked)}
        for id in locked:
            self._project_cache.invalidate((workspace_id, id))  # It may be about to change.
        tasks = {task.id: task for task in await self.tasks.find_all(workspace_id, wanted)}
        if gone_over := {task.project_id for task in tasks.values()} - projects.keys():
            self._uow.lock_first.update(gone_over)
            raise ConcurrencyConflict
        return tasks, projects

    async def lock_comments(self, workspace_id: UUID, ids: Iterable[UUID]) -> Mapping[UUID, Comment]:
        wanted = [*ids]
        return {one.id: one for one in await self.comments.find_all(workspace_id, wanted)} if wanted else {}

    async def live_tasks_of(self, project: Project, *, without: Iterable[UUID], limit: int) -> list[UUID]:
        records = await self._uow.fetch(_LIVE, {**_of(project), "without": [*without], "limit": limit})
        return [record["id"] for record in records]

    async def tasks_with(self, label: Label, *, without: Iterable[UUID], limit: int) -> list[UUID]:
        parameters = {"workspace_id": label.workspace_id, "label_ids": [label.id], "without": [*without], "limit": limit}
        return [record["id"] for record in await self._uow.fetch(_LABELLED, parameters)]

    async def statuses_in_use(self, project: Project, *, without: Iterable[UUID]) -> frozenset[str]:
        records = await self._uow.fetch(_STATUSES, {**_of(project), "without": [*without]})
        return frozenset(record["status"] for record in records)

    async def former_places(self, workspace_id: UUID, task_ids: Iterable[UUID]) -> Sequence[FormerPlace]:
        records = await self._uow.fetch(_PLACES, {"workspace_id": workspace_id, "ids": [*task_ids]})
        return [FormerPlace(*record) for record in records]

    async def ranks_of(self, workspace_id: UUID, task_ids: Iterable[UUID]) -> Mapping[UUID, str]:
        records = await self._uow.fetch(_RANKS, {"workspace_id": workspace_id, "ids": [*task_ids]})
        return {record["id"]: record["rank"] for record in records}

    async def holders(self, project: Project, ranks: Iterable[str]) -> Mapping[str, UUID]:
        records = await self._uow.fetch(_HOLDERS, {**_of(project), "ranks": [*ranks]})
        return {record["rank"]: record["id"] for record in records}

    async def gap_after(self, project: Project, holder_id: UUID, task: Task) -> RankGap:
        return await self.order.gap_after(project, holder_id, task)

    async def forget_former_keys(self, workspace_id: UUID, keys: Iterable[tuple[str, int]]) -> None:
        project_keys, numbers = zip(*keys, strict=True)
        parameters = {"workspace_id": workspace_id, "project_keys": [*project_keys], "numbers": [*numbers]}
        await self._uow.write(_FORGET_KEYS, parameters)


def _of(project: Project) -> dict[str, Any]:
    return {"workspace_id": project.workspace_id, "project_key": project.key}


def sql_undo_work(
    memberships: Callable[[SqlUnitOfWork], Memberships], project_cache: RowCache
) -> Callable[[SqlUnitOfWork], UndoWork]:
    """The repositories of this module over any unit of work."""
    return lambda uow: SqlUndoWork(uow, memberships, project_cache)
