"""This module's unit of work."""

from collections.abc import Callable, Iterable
from uuid import UUID

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.database import Database
from taskhub.kernel.infrastructure.forgetting import forget
from taskhub.kernel.infrastructure.streams import StreamSignal
from taskhub.kernel.infrastructure.unit_of_work import SqlUnitOfWork
from taskhub.tasks.infrastructure.repositories import SqlProjects, SqlTasks
from taskhub.workspaces.contract.memberships import Memberships


class SqlTasksUnitOfWork(SqlUnitOfWork):
    def __init__(
        self,
        database: Database,
        signal: StreamSignal,
        memberships: Callable[[SqlUnitOfWork], Memberships],
        attempt: Attempt,
    ) -> None:
        super().__init__(database, signal, attempt)
        self.projects = SqlProjects(self)
        self.tasks = SqlTasks(self)
        self.memberships = memberships(self)

    async def forget(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        await forget(self, workspace_id, ids)
