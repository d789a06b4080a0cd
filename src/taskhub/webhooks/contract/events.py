"""The events of this module. They stand in the log of their workspace; ``entity_id`` is the id of the webhook."""

WEBHOOK_CREATED = "webhook.created"
WEBHOOK_UPDATED = "webhook.updated"
WEBHOOK_SECRET_ROTATED = "webhook.secret_rotated"  # noqa: S105  # The type of an event.
WEBHOOK_REPLAYED = "webhook.replayed"
"""Somebody asked for former events to be delivered again."""
WEBHOOK_DISABLED = "webhook.disabled"
"""The service switched it off, because its receiver is gone or has taken nothing for three days."""
WEBHOOK_DELETED = "webhook.deleted"
