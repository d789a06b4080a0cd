"""Put one label on a task, or take one off, without overwriting what others do."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.ports import TaskRef, TasksUnitOfWork
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class LabelTask:
    workspace_id: UUID
    task: TaskRef
    label_id: UUID
    expected: Expected


async def label_task(command: LabelTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Raises:
    NotFound: no such task, or no such label.
    StaleVersion
    ProjectArchived
    TooManyLabels
    """
    labels = await uow.labels.require(command.workspace_id, [command.label_id])
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    if command.label_id not in labels:
        raise NotFound
    task.add_label(command.label_id, project=project, now=clock())
    return task


async def unlabel_task(command: LabelTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """A label that is not on the task leaves it as it is.

    Raises:
        NotFound
        StaleVersion
        ProjectArchived
    """
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    task.remove_label(command.label_id, project=project, now=clock())
    return task
