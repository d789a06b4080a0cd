"""This module's unit of work."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, delete, select

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.database import Database
from taskhub.kernel.infrastructure.forgetting import forget
from taskhub.kernel.infrastructure.mapping import Mapping
from taskhub.kernel.infrastructure.statements import Statement
from taskhub.kernel.infrastructure.streams import StreamSignal
from taskhub.kernel.infrastructure.unit_of_work import SqlUnitOfWork
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.tasks.infrastructure.repositories import SqlProjects, SqlTasks
from taskhub.workspaces.contract.memberships import Memberships


def _remove(mapping: Mapping[Any]) -> Statement:
    table = mapping.table
    in_workspace = table.c.workspace_id == bindparam("workspace_id", type_=Uuid())
    some = select(table.c.id).where(in_workspace).order_by(table.c.id).limit(bindparam("limit", type_=Integer()))
    return Statement(delete(table).where(in_workspace, table.c.id.in_(some)).returning(table.c.id))


_REMOVE = (_remove(TASKS), _remove(PROJECTS))


class SqlTasksUnitOfWork(SqlUnitOfWork):
    def __init__(
        self,
        database: Database,
        signal: StreamSignal,
        memberships: Callable[[SqlUnitOfWork], Memberships],
        attempt: Attempt,
    ) -> None:
        super().__init__(database, signal, attempt)
        self._memberships = memberships

    @property
    def projects(self) -> SqlProjects:
        return SqlProjects(self)

    @property
    def tasks(self) -> SqlTasks:
        return SqlTasks(self)

    @property
    def memberships(self) -> Memberships:
        return self._memberships(self)

    async def forget(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        await forget(self, workspace_id, ids)

    async def remove_rows_of(self, workspace_id: UUID, *, limit: int) -> int:
        removed = 0
        for statement in _REMOVE:
            removed += len(await self.write(statement, {"workspace_id": workspace_id, "limit": limit}))
        return removed
