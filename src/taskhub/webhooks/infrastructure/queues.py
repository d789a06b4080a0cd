"""How far webhooks have followed the log, and what they have yet to deliver, as commands change it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Text, Uuid, bindparam, cast, delete, false, func, literal, null, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from taskhub.kernel.infrastructure.event_log.tables import StreamRow
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.webhooks.application.messages import TEST_TYPE
from taskhub.webhooks.application.views import DeliveryView
from taskhub.webhooks.domain.delivery import MAX_PENDING, DeliveryStatus
from taskhub.webhooks.domain.webhook import Webhook
from taskhub.webhooks.infrastructure.delivery_views import COLUMNS, deliveries, delivery_view
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS
from taskhub.webhooks.infrastructure.rows import WebhookQueueRow

queues = table_of(WebhookQueueRow)
_streams = table_of(StreamRow).c
WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())
WEBHOOK_ID = bindparam("webhook_id", type_=Uuid())
NOW = bindparam("now", type_=queues.c.due_at.type)
OF_QUEUE = (queues.c.workspace_id == WORKSPACE_ID, queues.c.webhook_id == WEBHOOK_ID)
OF_WEBHOOK = (deliveries.c.workspace_id == WORKSPACE_ID, deliveries.c.webhook_id == WEBHOOK_ID)
IS_PENDING = deliveries.c.status == int(DeliveryStatus.PENDING)
ID = bindparam("id", type_=Uuid())

_POSITION = Statement(
    select(func.min(queues.c.position))
    .join(WEBHOOKS.table, (WEBHOOKS.table.c.workspace_id == queues.c.workspace_id) & (WEBHOOKS.table.c.id == queues.c.webhook_id))
    .where(queues.c.workspace_id == WORKSPACE_ID, WEBHOOKS.table.c.workspace_id == WORKSPACE_ID, WEBHOOKS.table.c.active)
)
_END_OF_LOG = func.coalesce(
    select(_streams.last_seq).where(_streams.stream_id == WORKSPACE_ID).scalar_subquery(), literal(0, BigInteger())
)
_OPEN = Statement(
    insert(queues).from_select(
        ["workspace_id", "webhook_id", "position", "is_full", "is_paused"],
        # The aggregate makes a row of a log that is not there yet.
        select(
            WORKSPACE_ID, WEBHOOK_ID, func.coalesce(func.max(_streams.last_seq), literal(0, BigInteger())), false(), false()
        ).where(_streams.stream_id == WORKSPACE_ID),
    )
)
_CLOSE = (Statement(delete(queues).where(*OF_QUEUE)), Statement(delete(deliveries).where(*OF_WEBHOOK)))
_RESUME = Statement(
    update(queues).values(position=_END_OF_LOG, is_full=False, failing_since=null(), held_until=null()).where(*OF_QUEUE)
)
_GIVE_UP = Statement(
    update(deliveries)
    .values(status=int(DeliveryStatus.FAILED), next_try_at=null(), claimed_until=null(), finished_at=NOW)
    .where(*OF_WEBHOOK, IS_PENDING)
)
_FORGIVE = Statement(update(queues).values(failing_since=null(), held_until=null(), due_at=NOW).where(*OF_QUEUE))
_PAUSE = Statement(
    update(queues)
    .values(is_paused=bindparam("is_paused", type_=queues.c.is_paused.type))
    .where(queues.c.workspace_id == WORKSPACE_ID)
)
_COUNT_PENDING = Statement(select(func.count()).where(*OF_WEBHOOK, IS_PENDING))
_REWIND = Statement(
    update(queues)
    .values(position=func.least(queues.c.position, bindparam("seq", type_=BigInteger())), is_full=False)
    .where(*OF_QUEUE)
)
_WAKE = Statement(update(queues).values(due_at=func.least(queues.c.due_at, NOW)).where(*OF_QUEUE))
_ADD_TEST = Statement(
    insert(deliveries)
    .values(
        workspace_id=WORKSPACE_ID,
        webhook_id=WEBHOOK_ID,
        id=ID,
        event_id=ID,
        type=TEST_TYPE,
        body=bindparam("body", type_=Text()),
        status=int(DeliveryStatus.PENDING),
        failures=0,
        attempts=cast(literal("[]", Text()), JSONB),
        next_try_at=NOW,
        created_at=NOW,
    )
    .returning(*COLUMNS)
)
_REDELIVER = Statement(
    update(deliveries)
    .values(status=int(DeliveryStatus.PENDING), failures=0, next_try_at=NOW, finished_at=null())
    .where(*OF_WEBHOOK, deliveries.c.id == ID)
    .returning(*COLUMNS)
)


async def log_position(database: Database, workspace_id: UUID) -> int | None:
    """As `Module.log_position` says: a webhook that is switched off goes on from the end of the log.

    Raises:
        Unavailable, Busy
    """
    row = await database.fetch_row(_POSITION, {"workspace_id": workspace_id})
    return row[0] if row else None


class SqlDeliveryQueues:
    """See `DeliveryQueues`."""

    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow

    async def open(self, webhook: Webhook) -> None:
        await self._write(_OPEN, webhook)

    async def close(self, webhook: Webhook) -> None:
        for statement in _CLOSE:
            await self._write(statement, webhook)

    async def resume(self, webhook: Webhook, now: datetime) -> None:
        await self._write(_RESUME, webhook)
        await self._write(_GIVE_UP, webhook, now=now)

    async def forgive(self, webhook: Webhook, now: datetime) -> None:
        await self._write(_FORGIVE, webhook, now=now)

    async def pause(self, workspace_id: UUID, *, is_paused: bool) -> None:
        await self._uow.write(_PAUSE, {"workspace_id": workspace_id, "is_paused": is_paused})

    async def is_full(self, webhook: Webhook) -> bool:
        place = {"workspace_id": webhook.workspace_id, "webhook_id": webhook.id}
        row = await self._uow.fetch_row(_COUNT_PENDING, place)
        return row is not None and row[0] >= MAX_PENDING

    async def rewind(self, webhook: Webhook, seq: int) -> None:
        await self._write(_REWIND, webhook, seq=seq)

    async def add_test(self, webhook: Webhook, id: UUID, body: str, now: datetime) -> DeliveryView:
        await self._write(_WAKE, webhook, now=now)
        [record] = await self._write(_ADD_TEST, webhook, id=id, body=body, now=now)
        return delivery_view(record)

    async def redeliver(self, webhook: Webhook, delivery_id: UUID, now: datetime) -> DeliveryView | None:
        await self._write(_WAKE, webhook, now=now)
        records = await self._write(_REDELIVER, webhook, id=delivery_id, now=now)
        return delivery_view(records[0]) if records else None

    async def _write(self, statement: Statement, webhook: Webhook, **parameters: object) -> Sequence[Record]:
        place = {"workspace_id": webhook.workspace_id, "webhook_id": webhook.id}
        return await self._uow.write(statement, {**place, **parameters})
