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
    """One that is switched on again is sent what happens from then on. Another URL is another receiver, which has not failed yet.

    Raises:
        NotFound
        StaleVersion
    """
    if command.changes.get("active") or "url" in command.changes:
        await uow.lock()
    webhook, now = await uow.webhooks.get(command.workspace_id, command.id, expected=command.expected), clock()
    if command.changes.get("active") and not webhook.active:
        await uow.queues.resume(webhook, now)
    if command.changes.get("url", webhook.url) != webhook.url:
        await uow.queues.forgive(webhook, now)
    webhook.update(now=now, **command.changes)
    return webhook
