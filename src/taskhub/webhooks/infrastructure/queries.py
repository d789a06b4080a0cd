"""Webhooks and their deliveries, read."""

from functools import lru_cache
from uuid import UUID

from sqlalchemy import SmallInteger, bindparam, select, true

from taskhub.kernel.application.pages import PageRequest, PageSlice
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.event_log.log_head import with_log_head
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.pages import Orders, SortColumn
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.webhooks.application.queries import NEWEST_FIRST, OLDEST_FIRST, WebhookSort
from taskhub.webhooks.application.views import DeliveryView, WebhookView
from taskhub.webhooks.domain.delivery import DeliveryStatus
from taskhub.webhooks.infrastructure.delivery_views import COLUMNS, deliveries, delivery_view
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS
from taskhub.webhooks.infrastructure.queues import ID, OF_WEBHOOK, WEBHOOK_ID, WORKSPACE_ID

_webhooks = WEBHOOKS.table.c
_ID = SortColumn("id")
_ORDERS = Orders({WebhookSort.CREATED_AT: (SortColumn("created_at"), _ID), WebhookSort.DELIVERY_ID: (_ID,)})
_IN_WORKSPACE = select(*(_webhooks[name] for name in WEBHOOKS.view_columns)).where(_webhooks.workspace_id == WORKSPACE_ID)
_WEBHOOK = Statement(_IN_WORKSPACE.where(_webhooks.id == ID))
_WEBHOOKS = {
    goes_on: Statement(with_log_head(_ORDERS.page(_IN_WORKSPACE, OLDEST_FIRST, _webhooks, goes_on=goes_on), WORKSPACE_ID))
    for goes_on in (False, True)
}

_OF_WEBHOOK = select(*COLUMNS).where(*OF_WEBHOOK)
_DELIVERY = Statement(_OF_WEBHOOK.where(deliveries.c.id == ID))
_IS = deliveries.c.status == bindparam("status", type_=SmallInteger())


@lru_cache(maxsize=4)
def _deliveries(goes_on: bool, by_status: bool) -> Statement:
    """A page, or one row of nulls where the webhook has none: none at all says that there is no such webhook."""
    wanted = _OF_WEBHOOK.where(_IS) if by_status else _OF_WEBHOOK
    page = _ORDERS.page(wanted, NEWEST_FIRST, deliveries.c, goes_on=goes_on).lateral("delivery")
    webhook = select(*page.c).select_from(WEBHOOKS.table.outerjoin(page, true()))
    return Statement(webhook.where(_webhooks.workspace_id == WORKSPACE_ID, _webhooks.id == WEBHOOK_ID).order_by(page.c.id.desc()))


class SqlWebhookQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, workspace_id: UUID, id: UUID) -> WebhookView | None:
        record = await self._database.fetch_row(_WEBHOOK, {"workspace_id": workspace_id, "id": id})
        return None if record is None else WEBHOOKS.show(record)

    async def list(self, workspace_id: UUID, page: PageRequest[WebhookSort]) -> PageSlice[WebhookView]:
        parameters = {"workspace_id": workspace_id, **_ORDERS.page_parameters(page)}
        records = await self._database.fetch(_WEBHOOKS[page.after is not None], parameters)
        return _ORDERS.slice_of(records, page, WEBHOOKS.show)

    async def delivery(self, workspace_id: UUID, webhook_id: UUID, id: UUID) -> DeliveryView | None:
        place = {"workspace_id": workspace_id, "webhook_id": webhook_id, "id": id}
        record = await self._database.fetch_row(_DELIVERY, place)
        return None if record is None else delivery_view(record)

    async def deliveries(
        self, workspace_id: UUID, webhook_id: UUID, status: DeliveryStatus | None, page: PageRequest[WebhookSort]
    ) -> PageSlice[DeliveryView]:
        parameters: Parameters = {"workspace_id": workspace_id, "webhook_id": webhook_id, **_ORDERS.page_parameters(page)}
        if status is not None:
            parameters["status"] = int(status)
        records = await self._database.fetch(_deliveries(page.after is not None, status is not None), parameters)
        if not records:
            raise NotFound
        return _ORDERS.slice_of([record for record in records if record["id"] is not None], page, delivery_view)
