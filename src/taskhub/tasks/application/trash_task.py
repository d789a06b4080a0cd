"""Move a task to the trash, and bring it back."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import TaskRef, TasksUnitOfWork
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class TrashTask:
    workspace_id: UUID
    task: TaskRef
    expected: Expected


async def trash_task(command: TrashTask, uow: TasksUnitOfWork, *, clock: Clock) -> None:
    """Raises:
    NotFound
    StaleVersion
    ProjectArchived
    """
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    task.trash(project=project, now=clock())


async def restore_task(command: TrashTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Raises:
    NotFound
    StaleVersion
    ProjectDeleted
    ProjectArchived
    """
    task, project = await uow.tasks.get_in_project(
        command.workspace_id, command.task, expected=command.expected, with_deleted=True
    )
    task.restore(project=project, now=clock())
    return task
