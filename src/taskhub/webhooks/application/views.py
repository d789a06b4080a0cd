"""The representations of webhooks and deliveries."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from taskhub.kernel.contract.known_values import known_values
from taskhub.webhooks.domain.delivery import DeliveryStatus
from taskhub.webhooks.domain.webhook import DISABLED_REASONS, Webhook

DISABLED_REASON = known_values("DisabledReason", DISABLED_REASONS)
DELIVERY_STATUS = known_values("DeliveryStatus", (status.key for status in DeliveryStatus))

DisabledReason = Annotated[str, msgspec.Meta(extra_json_schema=DISABLED_REASON)]
DeliveryStatusKey = Annotated[str, msgspec.Meta(extra_json_schema=DELIVERY_STATUS)]


class WebhookView(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    url: str
    types: list[str]
    description: str | None
    active: bool
    disabled_reason: DisabledReason | None
    former_secret_expires_at: datetime | None
    created_by_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


class IssuedWebhook(WebhookView, frozen=True):
    """A webhook with its secret, which is shown only once."""

    secret: str


class AttemptView(msgspec.Struct, frozen=True):
    """One try. ``status`` is None where there was no answer, and ``error`` says why. ``response``: the answer's first 1 kB."""

    at: datetime
    status: int | None
    error: str | None
    duration_ms: int
    response: str


class DeliveryView(msgspec.Struct, frozen=True):
    """One event on its way to one webhook. ``seq`` is None for a test."""

    id: UUID
    webhook_id: UUID
    event_id: UUID
    seq: int | None
    type: str
    status: DeliveryStatusKey
    attempts: list[AttemptView]
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


def webhook_view(webhook: Webhook) -> WebhookView:
    return WebhookView(
        webhook.id,
        webhook.workspace_id,
        webhook.url,
        list(webhook.types),
        webhook.description,
        webhook.active,
        webhook.disabled_reason,
        webhook.former_secret_expires_at,
        webhook.created_by_id,
        webhook.version,
        webhook.created_at,
        webhook.updated_at,
    )


def issued_webhook(webhook: Webhook, secret: str) -> IssuedWebhook:
    return IssuedWebhook(**msgspec.structs.asdict(webhook_view(webhook)), secret=secret)
