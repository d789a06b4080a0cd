"""Delete the time entries of a workspace that was purged."""

from uuid import UUID

from taskhub_time_tracking.application.ports import TimeTrackingUnitOfWork


async def empty_purged_workspace(workspace_id: UUID, uow: TimeTrackingUnitOfWork, *, limit: int) -> int:
    """Deletes up to ``limit`` rows, without appending to the log. Returns how many were deleted."""
    return await uow.remove_workspace_rows(workspace_id, limit=limit)
