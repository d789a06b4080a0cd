"""Remove for good what has lain in the trash for 30 days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from taskhub.tasks.application.ports import TasksUnitOfWork

KEPT = timedelta(days=30)
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class PurgeTrash:
    workspace_id: UUID
    now: datetime


async def purge_trash(command: PurgeTrash, uow: TasksUnitOfWork) -> int:
    """Removes some projects, or when there are none left some tasks, of one workspace, and takes their content out of the log.

    Projects go first: one that is being purged can't be restored with only a part of its tasks.

    Returns how many; 0 when nothing is left to remove.
    """
    await uow.lock()
    before = command.now - KEPT
    projects = await uow.projects.deleted_before(command.workspace_id, before, limit=AT_ONCE)
    for project in projects:
        project.purge(command.now)
        uow.projects.remove(project)
    tasks = [] if projects else await uow.tasks.deleted_before(command.workspace_id, before, limit=AT_ONCE)
    for task in tasks:
        task.purge(command.now)
        uow.tasks.remove(task)
    removed = [thing.id for thing in (*projects, *tasks)]
    if removed:
        await uow.forget(command.workspace_id, removed)
    return len(removed)
