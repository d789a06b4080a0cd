"""Every type of event that this module appends."""

from collections.abc import Mapping

from taskhub.kernel.application.event_types import event_content, last_event_content
from taskhub.kernel.application.reversal import Undoable
from taskhub.kernel.contract.event_content import EventContent
from taskhub.webhooks.application.views import WebhookView
from taskhub.webhooks.contract.events import (
    WEBHOOK_CREATED,
    WEBHOOK_DELETED,
    WEBHOOK_DISABLED,
    WEBHOOK_REPLAYED,
    WEBHOOK_SECRET_ROTATED,
    WEBHOOK_UPDATED,
)

EVENTS: Mapping[str, type[EventContent]] = {
    WEBHOOK_CREATED: event_content("A webhook was made.", WebhookView),
    WEBHOOK_UPDATED: event_content("It was changed, or switched on or off.", WebhookView),
    WEBHOOK_SECRET_ROTATED: event_content("It got another secret.", WebhookView, only=("former_secret_expires_at",)),
    WEBHOOK_REPLAYED: event_content("Former events are delivered again.", WebhookView, only=()),
    WEBHOOK_DISABLED: event_content(
        "The service switched it off: its receiver is gone, or took nothing for three days.",
        WebhookView,
        only=("active", "disabled_reason"),
    ),
    WEBHOOK_DELETED: last_event_content("It is gone."),
}
UNDO: Mapping[str, Undoable] = dict.fromkeys(EVENTS, "Webhooks are changed on purpose only: change the webhook instead.")
"""Why they can't be taken back."""
