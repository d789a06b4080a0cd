"""Put one member on a task, or take one off, without overwriting what others do."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.ports import TaskRef, TasksUnitOfWork
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class AssignTask:
    workspace_id: UUID
    task: TaskRef
    user_id: UUID
    expected: Expected


async def assign_task(command: AssignTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Raises:
    NotFound: no such task, or no such member.
    StaleVersion
    ProjectArchived
    TooManyAssignees
    """
    members = await uow.memberships.require(command.workspace_id, [command.user_id])
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    if command.user_id not in members:
        raise NotFound
    task.assign(command.user_id, project=project, now=clock())
    return task


async def unassign_task(command: AssignTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Someone who is not on the task leaves it as it is.

    Raises:
        NotFound
        StaleVersion
        ProjectArchived
    """
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    task.unassign(command.user_id, project=project, now=clock())
    return task
