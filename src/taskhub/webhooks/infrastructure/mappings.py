"""Webhooks as rows."""

from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.webhooks.application.views import WebhookView
from taskhub.webhooks.domain.webhook import Webhook
from taskhub.webhooks.infrastructure.rows import WebhookRow

WEBHOOKS = Mapping(Webhook, WebhookRow, WebhookView, key=("workspace_id", "id"), lock_rank=90, is_guarded=False)
