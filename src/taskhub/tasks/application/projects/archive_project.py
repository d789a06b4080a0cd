"""Archive a project, or take it out of the archive."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.project import Project


@dataclass(frozen=True, slots=True)
class ArchiveProject:
    workspace_id: UUID
    id: UUID
    expected: Expected


async def archive_project(command: ArchiveProject, uow: TasksUnitOfWork, *, clock: Clock) -> Project:
    """Raises:
    NotFound
    StaleVersion
    """
    project = await uow.projects.get(command.workspace_id, command.id, expected=command.expected)
    project.archive(clock())
    return project


async def unarchive_project(command: ArchiveProject, uow: TasksUnitOfWork, *, clock: Clock) -> Project:
    """Raises:
    NotFound
    StaleVersion
    """
    project = await uow.projects.get(command.workspace_id, command.id, expected=command.expected)
    project.unarchive(clock())
    return project
