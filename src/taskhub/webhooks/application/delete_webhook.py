"""Delete a webhook."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.webhooks.application.ports import WebhooksUnitOfWork

DELETE_SECONDS = 30.0
"""How long its deliveries may take to be removed: thousands, where its receiver takes nothing."""


@dataclass(frozen=True, slots=True)
class DeleteWebhook:
    workspace_id: UUID
    id: UUID
    expected: Expected


async def delete_webhook(command: DeleteWebhook, uow: WebhooksUnitOfWork, *, clock: Clock) -> None:
    """Nothing more is delivered. A try that is under way may still arrive.

    Raises:
        NotFound
        StaleVersion
    """
    await uow.lock(seconds=DELETE_SECONDS)
    webhook = await uow.webhooks.get(command.workspace_id, command.id, expected=command.expected)
    webhook.delete(clock())
    uow.webhooks.remove(webhook)
    await uow.queues.close(webhook)
