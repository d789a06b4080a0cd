"""Move a task with its subtasks to the trash, and restore it."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class TrashTask:
    workspace_id: UUID
    task: TaskRef
    expected: Expected


async def trash_task(command: TrashTask, uow: TasksUnitOfWork, *, clock: Clock) -> None:
    """Also moves all its descendants to the trash that are not there yet. Each gets a new version and an event.

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
    """Also restores the descendants that were deleted with it. A task that is not in the trash stays as it is.

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
