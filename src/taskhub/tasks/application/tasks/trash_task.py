"""Move a task to the trash with all below it, and bring them back."""

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
    """Takes along all tasks below that are not in the trash yet, each with its own version and event.

    Raises:
        NotFound
        StaleVersion
        ProjectArchived
    """
    await uow.lock()
    subtree = await uow.tasks.get_subtree(command.workspace_id, command.task, expected=command.expected)
    now = clock()
    subtree.task.trash(project=subtree.project, now=now)
    for task in subtree.descendants:
        task.trash_with_ancestor(subtree.task, now=now)


async def restore_task(command: TrashTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Brings back the tasks below that went with it. One that is not in the trash stays as it is.

    Raises:
        NotFound
        StaleVersion
        ProjectDeleted
        ParentDeleted
        ProjectArchived
    """
    await uow.lock()
    subtree = await uow.tasks.get_subtree(command.workspace_id, command.task, expected=command.expected, with_deleted=True)
    now = clock()
    subtree.task.restore(project=subtree.project, parent=subtree.parent, now=now)
    for task in subtree.descendants:
        if task.trashed_with == subtree.task.id:
            task.untrash(now)
    return subtree.task
