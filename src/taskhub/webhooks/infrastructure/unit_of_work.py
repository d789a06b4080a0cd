"""This module's unit of work."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Integer, Table, bindparam, delete, literal, select, tuple_

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS
from taskhub.webhooks.infrastructure.queues import WORKSPACE_ID, SqlDeliveryQueues
from taskhub.webhooks.infrastructure.repositories import SqlWebhookRepository
from taskhub.webhooks.infrastructure.rows import WebhookDeliveryRow, WebhookQueueRow
from taskhub.workspaces.contract.memberships import Memberships

_LIMIT = bindparam("limit", type_=Integer())


def _remove_some(table: Table) -> Statement:
    key = tuple_(*table.primary_key.columns)
    some = select(*table.primary_key.columns).where(table.c.workspace_id == WORKSPACE_ID).limit(_LIMIT)
    return Statement(delete(table).where(table.c.workspace_id == WORKSPACE_ID, key.in_(some)).returning(literal(1)))


# Without a queue nothing more is delivered.
_REMOVE = tuple(_remove_some(table) for table in (table_of(WebhookQueueRow), table_of(WebhookDeliveryRow), WEBHOOKS.table))


class SqlWebhooksUnitOfWork(SqlUnitOfWork):
    def __init__(
        self,
        database: Database,
        notifier: EventNotifier,
        memberships: Callable[[SqlUnitOfWork], Memberships],
        attempt: Attempt,
    ) -> None:
        super().__init__(database, notifier, attempt)
        self._memberships = memberships

    @property
    def webhooks(self) -> SqlWebhookRepository:
        return SqlWebhookRepository(self)

    @property
    def queues(self) -> SqlDeliveryQueues:
        return SqlDeliveryQueues(self)

    @property
    def memberships(self) -> Memberships:
        return self._memberships(self)

    async def remove_workspace_rows(self, workspace_id: UUID, *, limit: int) -> int:
        removed = 0
        for statement in _REMOVE:
            removed += len(await self.write(statement, {"workspace_id": workspace_id, "limit": limit}))
        return removed
