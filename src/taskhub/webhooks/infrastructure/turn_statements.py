"""The statements behind deliveries: which webhooks have something to do, and one webhook's turn."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from taskhub.kernel.infrastructure.event_log.tables import StreamRow
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.webhooks.domain.delivery import DeliveryStatus
from taskhub.webhooks.infrastructure.delivery_views import deliveries
from taskhub.webhooks.infrastructure.mappings import WEBHOOKS
from taskhub.webhooks.infrastructure.queues import (
    ID,
    IS_PENDING,
    NOW,
    OF_QUEUE,
    OF_WEBHOOK,
    WEBHOOK_ID,
    WORKSPACE_ID,
    queues,
)

_webhooks, _streams = WEBHOOKS.table, table_of(StreamRow)
_INSTANT = queues.c.due_at.type
_CLAIMED_UNTIL = bindparam("claimed_until", type_=_INSTANT)
_LIMIT = bindparam("limit", type_=Integer())
_is_free = or_(deliveries.c.claimed_until.is_(None), deliveries.c.claimed_until <= NOW)

_has_grown = and_(_streams.c.last_seq > queues.c.position, not_(queues.c.is_full))
_active = (
    select(queues.c.workspace_id, queues.c.webhook_id, or_(_has_grown, queues.c.due_at <= NOW).label("is_ready"), queues.c.due_at)
    .join(_webhooks, and_(_webhooks.c.workspace_id == queues.c.workspace_id, _webhooks.c.id == queues.c.webhook_id))
    .outerjoin(_streams, _streams.c.stream_id == queues.c.workspace_id)
    .where(_webhooks.c.active, not_(queues.c.is_paused))
)
READY = Statement(_active.where(or_(_has_grown, queues.c.due_at <= bindparam("until", type_=_INSTANT))))
"""The webhooks that have something to be delivered now, or until then."""
FOLLOWED = Statement(select(_webhooks.c.workspace_id).where(_webhooks.c.active).distinct())
"""The workspaces with a webhook."""
PENDING = Statement(
    select(
        queues.c.webhook_id,
        queues.c.position,
        _streams.c.last_seq,
        queues.c.held_until,
        select(func.min(deliveries.c.next_try_at))
        .where(deliveries.c.workspace_id == queues.c.workspace_id, deliveries.c.webhook_id == queues.c.webhook_id, IS_PENDING)
        .scalar_subquery()
        .label("next_try_at"),
        exists()
        .where(
            deliveries.c.workspace_id == queues.c.workspace_id,
            deliveries.c.webhook_id == queues.c.webhook_id,
            IS_PENDING,
            deliveries.c.claimed_until > NOW,
        )
        .label("is_busy"),
    )
    .join(_webhooks, and_(_webhooks.c.workspace_id == queues.c.workspace_id, _webhooks.c.id == queues.c.webhook_id))
    .outerjoin(_streams, _streams.c.stream_id == queues.c.workspace_id)
    .where(_webhooks.c.active, not_(queues.c.is_paused))
)
"""What each webhook has yet to deliver: for tests that wait for that."""

PLACE = Statement(
    select(queues.c.position, _webhooks.c.types)
    .join(_webhooks, and_(_webhooks.c.workspace_id == queues.c.workspace_id, _webhooks.c.id == queues.c.webhook_id))
    .where(*OF_QUEUE, not_(queues.c.is_paused), _webhooks.c.active, _webhooks.c.workspace_id == WORKSPACE_ID)
)
LOCK_QUEUE = Statement(
    select(
        queues.c.position,
        queues.c.is_full,
        queues.c.failing_since,
        queues.c.held_until,
        *(_webhooks.c[name] for name in ("url", "types", "secret", "former_secrets", "former_secrets_expire_at")),
    )
    .join(_webhooks, and_(_webhooks.c.workspace_id == queues.c.workspace_id, _webhooks.c.id == queues.c.webhook_id))
    .where(*OF_QUEUE, not_(queues.c.is_paused), _webhooks.c.active, _webhooks.c.workspace_id == WORKSPACE_ID)
    .with_for_update(of=queues, skip_locked=True)
)
COUNT = Statement(
    select(func.count().label("pending"), func.count().filter(deliveries.c.claimed_until > NOW).label("claimed")).where(
        *OF_WEBHOOK, IS_PENDING
    )
)
_new = (
    func.unnest(
        bindparam("ids", type_=ARRAY(Uuid())),
        bindparam("event_ids", type_=ARRAY(Uuid())),
        bindparam("seqs", type_=ARRAY(BigInteger())),
        bindparam("types", type_=ARRAY(Text())),
        bindparam("bodies", type_=ARRAY(Text())),
    )
    .table_valued(
        column("id", Uuid()),
        column("event_id", Uuid()),
        column("seq", BigInteger()),
        column("type", Text()),
        column("body", Text()),
        name="new",
    )
    .render_derived()
)
ADD = Statement(
    insert(deliveries).from_select(
        [
            "workspace_id",
            "webhook_id",
            *("id", "event_id", "seq", "type", "body"),
            "status",
            "failures",
            "attempts",
            "next_try_at",
            "created_at",
        ],
        select(
            WORKSPACE_ID,
            WEBHOOK_ID,
            *_new.c,
            literal(int(DeliveryStatus.PENDING), SmallInteger()),
            literal(0, Integer()),
            cast(literal("[]", Text()), JSONB),
            NOW,
            NOW,
        ),
    )
)
_due = (
    select(deliveries.c.id)
    .where(*OF_WEBHOOK, IS_PENDING, deliveries.c.next_try_at <= NOW, _is_free)
    .where(deliveries.c.id != func.all(bindparam("mine", type_=ARRAY(Uuid()))))
    .order_by(deliveries.c.next_try_at, deliveries.c.id)
    .limit(_LIMIT)
)
CLAIM = Statement(
    update(deliveries)
    .values(claimed_until=_CLAIMED_UNTIL)
    .where(*OF_WEBHOOK, deliveries.c.id.in_(_due))
    .returning(
        deliveries.c.id,
        deliveries.c.claimed_until,
        deliveries.c.event_id,
        deliveries.c.body,
        deliveries.c.failures,
        cast(deliveries.c.attempts, Text).label("attempts"),
    )
)
_next = func.greatest(deliveries.c.next_try_at, deliveries.c.claimed_until, bindparam("held_until", type_=_INSTANT))
_first_due = select(func.min(_next)).where(*OF_WEBHOOK, IS_PENDING).scalar_subquery()
GO_ON = Statement(
    update(queues)
    .values(
        position=bindparam("position", type_=BigInteger()),
        is_full=bindparam("is_full", type_=queues.c.is_full.type),
        due_at=_first_due,
    )
    .where(*OF_QUEUE)
    .returning(queues.c.due_at)
)
"""What is claimed is due again when its process has had enough time: should that die, another one takes over."""

_ATTEMPTS = cast(bindparam("attempts", type_=Text()), JSONB)
SUCCEED = Statement(
    update(deliveries)
    .values(status=int(DeliveryStatus.SUCCEEDED), attempts=_ATTEMPTS, next_try_at=null(), claimed_until=null(), finished_at=NOW)
    .where(*OF_WEBHOOK, deliveries.c.id == ID)
)
FAIL = Statement(
    update(deliveries)
    .values(
        status=bindparam("status", type_=SmallInteger()),
        failures=bindparam("failures", type_=Integer()),
        attempts=_ATTEMPTS,
        next_try_at=bindparam("next_try_at", type_=_INSTANT),
        claimed_until=null(),
        finished_at=bindparam("finished_at", type_=_INSTANT),
    )
    .where(*OF_WEBHOOK, deliveries.c.id == ID, IS_PENDING, deliveries.c.claimed_until == _CLAIMED_UNTIL)
)
RECOVER = Statement(update(queues).values(failing_since=null()).where(*OF_QUEUE, queues.c.failing_since.is_not(None)))
DETERIORATE = Statement(
    update(queues)
    .values(
        failing_since=func.coalesce(queues.c.failing_since, NOW),
        held_until=func.greatest(queues.c.held_until, bindparam("held_until", type_=_INSTANT)),
        due_at=func.least(queues.c.due_at, bindparam("next_try_at", type_=_INSTANT)),
    )
    .where(*OF_QUEUE)
    .returning(queues.c.failing_since)
)
RELEASE = Statement(
    update(deliveries)
    .values(claimed_until=null())
    .where(
        *OF_WEBHOOK,
        IS_PENDING,
        deliveries.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid()))),
        deliveries.c.claimed_until == func.any(bindparam("claimed_until", type_=ARRAY(_INSTANT))),
    )
)
WAKE = Statement(update(queues).values(due_at=func.least(queues.c.due_at, NOW)).where(*OF_QUEUE))
