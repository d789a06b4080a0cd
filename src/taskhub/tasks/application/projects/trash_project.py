"""Move a project to the trash with its tasks, and bring both back."""

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
    """Takes along all tasks that are not in the trash yet, each with its own version and event.

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
    """Brings back the tasks that went with the project. One that is not in the trash stays as it is.

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
