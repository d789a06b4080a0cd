"""Delete the webhooks of a workspace that was purged."""

from uuid import UUID

from taskhub.webhooks.application.ports import WebhooksUnitOfWork


async def empty_purged_workspace(workspace_id: UUID, uow: WebhooksUnitOfWork, *, limit: int) -> int:
    """Deletes up to ``limit`` rows of each kind, without appending to the log. Returns how many were deleted."""
    return await uow.remove_workspace_rows(workspace_id, limit=limit)
