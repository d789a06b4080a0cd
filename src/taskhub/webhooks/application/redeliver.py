"""Deliver one event, or a test, to a webhook at once."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import NotFound
from taskhub.webhooks.application.ports import WebhooksUnitOfWork
from taskhub.webhooks.application.views import DeliveryView
from taskhub.webhooks.domain.delivery import MAX_PENDING
from taskhub.webhooks.domain.errors import TooManyDeliveries, WebhookInactive


@dataclass(frozen=True, slots=True)
class Redeliver:
    workspace_id: UUID
    webhook_id: UUID
    delivery_id: UUID


@dataclass(frozen=True, slots=True)
class SendTest:
    """``body``: what is sent. ``delivery_id`` is that of the message as well."""

    workspace_id: UUID
    webhook_id: UUID
    delivery_id: UUID
    body: str


async def redeliver(command: Redeliver, uow: WebhooksUnitOfWork, *, clock: Clock) -> DeliveryView:
    """Whatever came of it, it is due now, and is tried as often as a new one. It has the id and the body that it had.

    Raises:
        NotFound
        WebhookInactive
    """
    await uow.lock()
    webhook = await uow.webhooks.get(command.workspace_id, command.webhook_id)
    if not webhook.active:
        raise WebhookInactive
    delivery = await uow.queues.redeliver(webhook, command.delivery_id, clock())
    if delivery is None:
        raise NotFound
    return delivery


async def send_test(command: SendTest, uow: WebhooksUnitOfWork, *, clock: Clock) -> DeliveryView:
    """Raises:
    NotFound
    WebhookInactive
    TooManyDeliveries
    """
    await uow.lock()
    webhook = await uow.webhooks.get(command.workspace_id, command.webhook_id)
    if not webhook.active:
        raise WebhookInactive
    if await uow.queues.is_full(webhook):
        raise TooManyDeliveries(MAX_PENDING)
    return await uow.queues.add_test(webhook, command.delivery_id, command.body, clock())
