"""Reads of webhooks and their deliveries."""

from datetime import datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.webhooks.application.views import DeliveryView, WebhookView
from taskhub.webhooks.domain.delivery import DeliveryStatus


class WebhookSort(Enum):
    """Webhooks by their creation, deliveries by their id, which tells when they were made."""

    CREATED_AT = "created_at"
    DELIVERY_ID = "id"


OLDEST_FIRST = SortOrder(WebhookSort.CREATED_AT)
NEWEST_FIRST = SortOrder(WebhookSort.DELIVERY_ID, descending=True)
POSITIONS: dict[Enum, Any] = {WebhookSort.CREATED_AT: tuple[datetime, UUID], WebhookSort.DELIVERY_ID: tuple[UUID]}


class WebhookQueries(Protocol):
    """One round trip each."""

    async def find(self, workspace_id: UUID, id: UUID) -> WebhookView | None: ...

    async def list(self, workspace_id: UUID, page: PageRequest[WebhookSort]) -> PageSlice[WebhookView]:
        """The webhooks of a workspace, the oldest first."""

    async def delivery(self, workspace_id: UUID, webhook_id: UUID, id: UUID) -> DeliveryView | None: ...

    async def deliveries(
        self, workspace_id: UUID, webhook_id: UUID, status: DeliveryStatus | None, page: PageRequest[WebhookSort]
    ) -> PageSlice[DeliveryView]:
        """What was delivered to a webhook or is to be, the newest first.

        Raises:
            NotFound: no such webhook.
        """
