"""Change a webhook, switch it on or off."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.webhooks.application.ports import WebhooksUnitOfWork
from taskhub.webhooks.domain.webhook import Webhook


@dataclass(frozen=True, slots=True)
class ChangeWebhook:
    """``changes`` holds what a client changes of what it may set."""

    workspace_id: UUID
    id: UUID
    changes: dict[str, Any]
    expected: Expected


async def change_webhook(command: ChangeWebhook, uow: WebhooksUnitOfWork, *, clock: Clock) -> Webhook:
    """One that is switched on again is sent what happens from then on.

    Raises:
        NotFound
        StaleVersion
    """
    if command.changes.get("active"):
        await uow.lock()
    webhook = await uow.webhooks.get(command.workspace_id, command.id, expected=command.expected)
    if command.changes.get("active") and not webhook.active:
        await uow.queues.resume(webhook)
    webhook.update(now=clock(), **command.changes)
    return webhook
