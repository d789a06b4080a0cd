"""Remove for good what has lain in the trash for 30 days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from taskhub.tasks.application.ports import TasksUnitOfWork

RETENTION = timedelta(days=30)
BATCH_SIZE = 200


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
    before = command.now - RETENTION
    projects = await uow.projects.find_expired(command.workspace_id, before, limit=BATCH_SIZE)
    for project in projects:
        project.purge(command.now)
        uow.projects.remove(project)
    if projects:
        await uow.redact(command.workspace_id, [project.id for project in projects])
    return len(projects) or await _purge_tasks(command, before, uow)


async def _purge_tasks(command: PurgeTrash, before: datetime, uow: TasksUnitOfWork) -> int:
    """Tasks go with their comments and former keys, and block nothing any more."""
    expired = await uow.tasks.find_expired(command.workspace_id, before, limit=BATCH_SIZE)
    ids = frozenset(task.id for task in expired.tasks)
    for task in expired.tasks:
        task.purge(command.now)
        uow.tasks.remove(task)
    for task in expired.waiting:
        task.drop_blockers(ids, now=command.now)
    if ids:
        comment_ids = await uow.remove_dependent_rows(command.workspace_id, ids)
        await uow.redact(command.workspace_id, [*ids, *comment_ids])
    return len(ids)
