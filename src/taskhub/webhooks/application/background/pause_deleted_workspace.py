"""Deliver nothing of a workspace that is deleted."""

from taskhub.kernel.contract.events import Event
from taskhub.webhooks.application.ports import WebhooksUnitOfWork
from taskhub.workspaces.contract.events import WORKSPACE_DELETED, WORKSPACE_RESTORED


class PauseDeletedWorkspace:
    """Subscribes to `WORKSPACE_DELETED` and `WORKSPACE_RESTORED`: deliveries go on once an operator has restored it."""

    name = "webhooks.pause_deleted_workspace"
    types = frozenset({WORKSPACE_DELETED, WORKSPACE_RESTORED})

    async def handle(self, event: Event, uow: WebhooksUnitOfWork) -> bool:
        await uow.lock()
        await uow.queues.pause(event.stream_id, is_paused=event.type == WORKSPACE_DELETED)
        return True
