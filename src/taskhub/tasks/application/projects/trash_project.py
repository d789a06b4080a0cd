"""Move a project with its tasks to the trash, and restore it."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import CASCADE_SECONDS, TasksUnitOfWork
from taskhub.tasks.domain.project import Project


@dataclass(frozen=True, slots=True)
class TrashProject:
    workspace_id: UUID
    id: UUID
    expected: Expected


async def trash_project(command: TrashProject, uow: TasksUnitOfWork, *, clock: Clock) -> None:
    """Also moves all its tasks to the trash that are not there yet. Each gets a new version and an event.

    Raises:
        NotFound
        StaleVersion
    """
    await uow.lock(seconds=CASCADE_SECONDS)
    project = await uow.projects.get(command.workspace_id, command.id, expected=command.expected)
    now = clock()
    project.trash(now)
    await uow.cascades.trash_tasks_of(project, now=now)


async def restore_project(command: TrashProject, uow: TasksUnitOfWork, *, clock: Clock) -> Project:
    """Also restores the tasks that were deleted with the project. A project that is not in the trash stays as it is.

    Raises:
        NotFound
        StaleVersion
    """
    await uow.lock(seconds=CASCADE_SECONDS)
    project = await uow.projects.get(command.workspace_id, command.id, expected=command.expected, with_deleted=True)
    if project.deleted_at is not None:
        now = clock()
        project.restore(now)
        await uow.cascades.restore_tasks_of(project, now=now)
    return project
