"""What the use cases of this module need from outside."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import UnitOfWork
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.workspaces.contract.memberships import Memberships


@dataclass(frozen=True, slots=True)
class TaskKey:
    """A task by its readable name, for example ``OPS-42``."""

    project_key: str
    number: int


TaskRef = UUID | TaskKey


class Projects(Protocol):
    async def find(self, workspace_id: UUID, id: UUID, /, *, with_deleted: bool = False) -> Project | None: ...

    async def get(self, workspace_id: UUID, id: UUID, /, *, expected: Expected = None, with_deleted: bool = False) -> Project:
        """Raises:
        NotFound
        StaleVersion
        """

    async def deleted_before(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Project]:
        """Some projects that went to the trash before an instant."""

    def add(self, project: Project) -> None: ...

    def remove(self, project: Project) -> None: ...


class Tasks(Protocol):
    async def get_in_project(
        self, workspace_id: UUID, ref: TaskRef, *, expected: Expected = None, with_deleted: bool = False
    ) -> tuple[Task, Project]:
        """A task together with its project.

        Raises:
            NotFound
            StaleVersion
        """

    async def deleted_before(self, workspace_id: UUID, instant: datetime, *, limit: int) -> list[Task]:
        """Some tasks that went to the trash before an instant."""

    def add(self, task: Task) -> None: ...

    def remove(self, task: Task) -> None: ...

    async def assigned_to(self, user_id: UUID, workspace_id: UUID, *, limit: int) -> list[Task]:
        """Some tasks that someone is assigned to, in the trash or not."""

    async def trash_with(self, project: Project, *, now: datetime) -> None:
        """Moves all tasks of the project that are not in the trash there, with it."""

    async def restore_with(self, project: Project, *, now: datetime) -> None:
        """Brings back the tasks that went to the trash with the project."""


class TasksUnitOfWork(UnitOfWork, Protocol):
    @property
    def projects(self) -> Projects: ...

    @property
    def tasks(self) -> Tasks: ...

    @property
    def memberships(self) -> Memberships: ...

    async def forget(self, workspace_id: UUID, ids: Iterable[UUID]) -> None:
        """Takes the content of things out of the log; that something happened to them stays."""

    async def remove_rows_of(self, workspace_id: UUID, *, limit: int) -> int:
        """Removes some projects and tasks of a workspace without a trace. Returns how many; 0 when none are left."""
