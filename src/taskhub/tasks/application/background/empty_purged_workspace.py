"""Remove the projects and tasks of a workspace that is gone for good."""

from uuid import UUID

from taskhub.tasks.application.ports import TasksUnitOfWork


async def empty_purged_workspace(workspace_id: UUID, uow: TasksUnitOfWork, *, limit: int) -> int:
    """Returns how many rows went, of each kind up to ``limit``."""
    return await uow.remove_workspace_rows(workspace_id, limit=limit)
