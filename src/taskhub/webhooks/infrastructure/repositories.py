"""Webhooks, loaded whole."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.repository import SqlRepository
from taskhub.webhooks.domain.webhook import Webhook
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS

_webhooks = WEBHOOKS.table.c
_COUNT = Statement(select(func.count()).where(_webhooks.workspace_id == bindparam("workspace_id", type_=Uuid())))


class SqlWebhookRepository(SqlRepository[Webhook]):
    mapping = WEBHOOKS

    async def count(self, workspace_id: UUID) -> int:
        row = await self._uow.fetch_row(_COUNT, {"workspace_id": workspace_id})
        return int(row[0]) if row else 0
