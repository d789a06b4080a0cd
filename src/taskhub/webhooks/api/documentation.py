"""What this module adds to the reference beside its routes: tags, descriptions of fields, and advice for its error codes."""

from taskhub.kernel.api.documentation import Advice, Documentation, Word

_WEBHOOK = "019a9f60-3e65-7a97-8b53-a06273849506"
_DELIVERY = "019a9f61-4f76-7ba8-9c64-b17384950617"
_EVENT = "019a9f50-1d43-7f85-9c31-8e4051627384"
_USER = "019a9f3e-7b21-7d63-9a1f-6c2e3d4b5f60"
_INSTANT = "2026-11-20T09:00:00Z"
_LATER = "2026-11-21T09:00:00Z"
_URL = "https://hooks.example.com/taskhub"

TAGS: dict[str, str] = {
    "Webhooks": "Have the changes of a workspace sent to a URL of yours, as they happen.",
}
"""The tags of its operations in their order, each with its description."""

_TYPES = Word(
    "The types of events that are sent, in order and each once; an empty list means all.", ["task.created", "task.updated"]
)
_ACTIVE = Word("Whether anything is sent.", True)
_DESCRIPTION = Word("What it is for.", "Feeds the search index")
_TO = Word("Where changes are sent to, by `POST`. It stands in the log, which all members may read.", _URL)
_SECRET = Word(
    "The secret to verify signatures with. It is shown only once, in this response.",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
)

WORDS: dict[str, Word] = {
    "webhook_id": Word("The id of the webhook.", _WEBHOOK),
    "delivery_id": Word("The id of the delivery.", _DELIVERY),
    **{f"{name}.url": _TO for name in ("Webhook", "IssuedWebhook", "NewWebhook", "WebhookPatch")},
    **{f"{name}.types": _TYPES for name in ("Webhook", "IssuedWebhook", "NewWebhook", "WebhookPatch")},
    **{f"{name}.active": _ACTIVE for name in ("Webhook", "IssuedWebhook", "NewWebhook", "WebhookPatch")},
    **{f"{name}.description": _DESCRIPTION for name in ("Webhook", "IssuedWebhook", "NewWebhook", "WebhookPatch")},
    "disabled_reason": Word(
        "Why the service switched it off: `gone` (the receiver answered 410) or `failing` (3 days without a success); otherwise"
        " null.",
        None,
    ),
    "former_secret_expires_at": Word("Until when the last former secret signs as well; null if it never had another.", None),
    "Webhook.created_by_id": Word("The user who created it.", _USER),
    "IssuedWebhook.created_by_id": Word("The user who created it.", _USER),
    "IssuedWebhook.secret": _SECRET,
    "Replay.from": Word("Events since then are sent again.", _INSTANT),
    "Delivery.id": Word("The id of the delivery.", _DELIVERY),
    "Delivery.webhook_id": Word("The id of the webhook.", _WEBHOOK),
    "Delivery.event_id": Word("The id of the event, sent as `webhook-id` at every try.", _EVENT),
    "Delivery.seq": Word("The number of the event in the log of the workspace; null for a test.", 42),
    "Delivery.type": Word("The type of the event, or `webhook.test`.", "task.updated"),
    "Delivery.status": Word("`pending`, `succeeded` or `failed`.", "succeeded"),
    "Delivery.attempts": Word("The tries, oldest first, the last 20 of them."),
    "Delivery.next_attempt_at": Word("When it is tried next; null if it is finished.", None),
    "Delivery.created_at": Word("When the event was taken from the log to be sent.", _INSTANT),
    "Delivery.finished_at": Word("When it succeeded, or failed for the last time; null before.", _INSTANT),
    "Attempt.at": Word("When it was made.", _INSTANT),
    "Attempt.status": Word("The HTTP status of the answer; null if there was none.", 204),
    "Attempt.error": Word(
        "Why there was no answer: `timeout`, `unknown_host`, `address_not_allowed`, `connection_failed`, `connection_lost`,"
        " `malformed_answer` or `unreadable_secret`; otherwise null.",
        None,
    ),
    "Attempt.duration_ms": Word("How long it took, in milliseconds.", 87),
    "Attempt.response": Word("The beginning of the answer, up to 1 kB; without an answer, what is known of the failure.", ""),
    "list_deliveries.status": Word("Only deliveries with this status.", "failed"),
}

ADVICE: dict[str, Advice] = {
    "too_many_secrets": Advice(
        "The webhook got so many secrets within a day that no more of them can sign beside the present one.",
        "Give its receiver the present one. A former secret is over 24 hours after it was replaced.",
    ),
    "too_many_webhooks": Advice(
        "The workspace has as many webhooks as it may have.",
        "Delete one that is not needed any more, or let one webhook hand on what it gets.",
    ),
    "too_many_deliveries": Advice(
        "So many deliveries of the webhook wait that no test is added to them.",
        "Find out in the log of deliveries why its receiver takes nothing, then send the test again.",
    ),
    "webhook_inactive": Advice(
        "The webhook is switched off, so nothing is sent to it.",
        "Switch it on first, by a `PATCH` with `active: true`.",
    ),
}

DOCUMENTATION = Documentation(tags=TAGS, words=WORDS, advice=ADVICE)
