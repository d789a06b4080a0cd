"""Switch a webhook off for the service's own reasons."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.webhooks.application.ports import WebhooksUnitOfWork


@dataclass(frozen=True, slots=True)
class DisableWebhook:
    workspace_id: UUID
    id: UUID
    url: str
    reason: str


async def disable_webhook(command: DisableWebhook, uow: WebhooksUnitOfWork, *, clock: Clock) -> None:
    """One that is gone or off already stays as it is, and so does one that has another URL by now than the one that failed."""
    webhook = await uow.webhooks.find(command.workspace_id, command.id)
    if webhook is not None and webhook.url == command.url:
        webhook.disable(command.reason, clock())
