"""Paths of webhooks and their deliveries."""

from uuid import UUID

WEBHOOKS = "/v1/workspaces/{workspace_id}/webhooks"
WEBHOOK = WEBHOOKS + "/{webhook_id}"
DELIVERIES = WEBHOOK + "/deliveries"
DELIVERY = DELIVERIES + "/{delivery_id}"


def webhook_path(workspace_id: UUID, id: UUID) -> str:
    return f"/v1/workspaces/{workspace_id}/webhooks/{id}"
