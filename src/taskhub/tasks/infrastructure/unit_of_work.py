"""This module's unit of work."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Table, Uuid, bindparam, delete, func, literal, select, tuple_

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.cache.row_cache import RowCache
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.event_log.redaction import redact
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.changes import Change
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.infrastructure.mappings import COMMENTS, LABELS, PROJECTS, TASKS
from taskhub.tasks.infrastructure.repositories.cascades import SqlCascades
from taskhub.tasks.infrastructure.repositories.comments import SqlCommentRepository
from taskhub.tasks.infrastructure.repositories.labels import SqlLabelRepository
from taskhub.tasks.infrastructure.repositories.order import SqlTaskOrder
from taskhub.tasks.infrastructure.repositories.projects import SqlProjectRepository
from taskhub.tasks.infrastructure.repositories.structure import SqlStructure
from taskhub.tasks.infrastructure.repositories.tasks import SqlTaskRepository
from taskhub.tasks.infrastructure.rows import ExternalKeyRow, FormerKeyRow, FormerPlaceRow
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID
from taskhub.workspaces.contract.memberships import Memberships

_LIMIT = bindparam("limit", type_=Integer())
_TASK_IDS = bindparam("task_ids", type_=ARRAY(Uuid()))
_former_keys, _former_places, _external_keys = table_of(FormerKeyRow), table_of(FormerPlaceRow), table_of(ExternalKeyRow)


def _remove_some(table: Table) -> Statement:
    """Removes rows of a workspace, whichever they are. Their ids are of no interest, only how many they are."""
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(table.c.workspace_id == WORKSPACE_ID).limit(_LIMIT)
    return Statement(delete(table).where(table.c.workspace_id == WORKSPACE_ID, key.in_(some)).returning(literal(1)))


_REMOVE = tuple(
    _remove_some(table)
    for table in (
        COMMENTS.table,
        _former_keys,
        _former_places,
        _external_keys,
        TASKS.table,
        PROJECTS.table,
        LABELS.table,
    )
)


def _remove_of_tasks(table: Table, returned: ColumnElement[Any]) -> Statement:
    conditions = (table.c.workspace_id == WORKSPACE_ID, table.c.task_id == func.any(_TASK_IDS))
    return Statement(delete(table).where(*conditions).returning(returned))


_REMOVE_COMMENTS = _remove_of_tasks(COMMENTS.table, COMMENTS.table.c.id)
_REMOVE_KEYS = _remove_of_tasks(_former_keys, literal(1))
_REMOVE_PLACES = _remove_of_tasks(_former_places, literal(1))


class SqlTasksUnitOfWork(SqlUnitOfWork):
    def __init__(
        self,
        database: Database,
        notifier: EventNotifier,
        memberships: Callable[[SqlUnitOfWork], Memberships],
        project_cache: RowCache,
        attempt: Attempt,
    ) -> None:
        super().__init__(database, notifier, attempt)
        self._memberships = memberships
        self._project_cache = project_cache

    def after_commit(self, changes: Sequence[Change]) -> None:
        super().after_commit(changes)
        self._project_cache.invalidate_changed(changes)

    @property
    def projects(self) -> SqlProjectRepository:
        return SqlProjectRepository(self, self._project_cache)

    @property
    def tasks(self) -> SqlTaskRepository:
        return SqlTaskRepository(self, self.projects)

    @property
    def structure(self) -> SqlStructure:
        return SqlStructure(self)

    @property
    def order(self) -> SqlTaskOrder:
        return SqlTaskOrder(self, self.tasks)

    @property
    def cascades(self) -> SqlCascades:
        return SqlCascades(self)

    @property
    def labels(self) -> SqlLabelRepository:
        return SqlLabelRepository(self)

    @property
    def comments(self) -> SqlCommentRepository:
        return SqlCommentRepository(self)

    @property
    def memberships(self) -> Memberships:
        return self._memberships(self)

    async def redact(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        await redact(self, workspace_id, ids)

    async def remove_dependent_rows(self, workspace_id: UUID, task_ids: Iterable[UUID]) -> list[UUID]:
        parameters = {"workspace_id": workspace_id, "task_ids": list(task_ids)}
        await self.write(_REMOVE_KEYS, parameters)
        await self.write(_REMOVE_PLACES, parameters)
        return [record["id"] for record in await self.write(_REMOVE_COMMENTS, parameters)]

    async def remove_workspace_rows(self, workspace_id: UUID, *, limit: int) -> int:
        removed = 0
        for statement in _REMOVE:
            removed += len(await self.write(statement, {"workspace_id": workspace_id, "limit": limit}))
        return removed
