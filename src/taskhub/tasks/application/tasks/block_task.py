"""Let a task wait for another, or no more, without overwriting what others do."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.ports import TaskRef, TasksUnitOfWork
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class BlockTask:
    workspace_id: UUID
    task: TaskRef
    blocker: TaskRef
    expected: Expected


async def block_task(command: BlockTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Raises:
    NotFound: no such task, or no such blocker.
    StaleVersion
    ProjectArchived
    TooManyBlockers
    Cycle
    """
    await uow.lock()
    await uow.memberships.lock_workspace(command.workspace_id)
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    blocker_id = await uow.tasks.identify(command.workspace_id, command.blocker)
    blockers = await uow.structure.blockers(command.workspace_id, [blocker_id])
    before = task.content.blocked_by_ids
    if blocker_id not in before and blocker_id not in blockers.live:
        raise NotFound  # It went to the trash between the two reads.
    task.add_blocker(blocker_id, project=project, now=clock())
    blockers.block(task.id, task.content.blocked_by_ids, before=before)
    return task


async def unblock_task(command: BlockTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """A task that does not block this one, or is not there, leaves it as it is.

    Raises:
        NotFound: no such task.
        StaleVersion
        ProjectArchived
    """
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    blocker_id = await _blocker_that_was(command, uow)
    if blocker_id is not None:
        task.remove_blocker(blocker_id, project=project, now=clock())
    return task


async def _blocker_that_was(command: BlockTask, uow: TasksUnitOfWork) -> UUID | None:
    if isinstance(command.blocker, UUID):
        return command.blocker
    try:
        return await uow.tasks.identify(command.workspace_id, command.blocker, with_deleted=True)
    except NotFound:
        return None
