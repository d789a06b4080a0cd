"""Deliveries as the API shows them."""

import msgspec
from sqlalchemy import Text, cast

from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.webhooks.application.views import AttemptView, DeliveryView
from taskhub.webhooks.domain.delivery import DeliveryStatus
from taskhub.webhooks.infrastructure.rows import WebhookDeliveryRow

deliveries = table_of(WebhookDeliveryRow)
_NAMES = ("id", "webhook_id", "event_id", "seq", "type", "status", "next_try_at", "created_at", "finished_at")
COLUMNS = (*(deliveries.c[name] for name in _NAMES), cast(deliveries.c.attempts, Text).label("attempts"))
"""What `delivery_view` needs."""
_attempts = msgspec.json.Decoder(list[AttemptView])


def delivery_view(record: Record) -> DeliveryView:
    return DeliveryView(
        id=record["id"],
        webhook_id=record["webhook_id"],
        event_id=record["event_id"],
        seq=record["seq"],
        type=record["type"],
        status=DeliveryStatus(record["status"]).key,
        attempts=_attempts.decode(record["attempts"]),
        next_attempt_at=record["next_try_at"],
        created_at=record["created_at"],
        finished_at=record["finished_at"],
    )
