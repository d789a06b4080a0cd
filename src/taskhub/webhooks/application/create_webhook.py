"""Create a webhook."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.webhooks.application.ports import SecretBox, WebhooksUnitOfWork
from taskhub.webhooks.domain.errors import TooManyWebhooks
from taskhub.webhooks.domain.webhook import MAX_WEBHOOKS, Webhook


@dataclass(frozen=True, slots=True)
class CreateWebhook:
    """``values`` holds what a client may set on a webhook."""

    workspace_id: UUID
    id: UUID
    actor_id: UUID
    secret: str
    values: dict[str, Any]


async def create_webhook(command: CreateWebhook, uow: WebhooksUnitOfWork, *, clock: Clock, secret_box: SecretBox) -> Webhook:
    """It is sent what happens from now on.

    Raises:
        TooManyWebhooks
        IdTaken
    """
    await uow.lock()
    await uow.memberships.lock_workspace(command.workspace_id)
    if await uow.webhooks.count(command.workspace_id) >= MAX_WEBHOOKS:
        raise TooManyWebhooks(MAX_WEBHOOKS)
    webhook = Webhook.create(
        workspace_id=command.workspace_id,
        id=command.id,
        secret=secret_box.seal(command.secret, command.id),
        created_by_id=command.actor_id,
        now=clock(),
        **command.values,
    )
    uow.webhooks.add(webhook)
    await uow.queues.open(webhook)
    return webhook
