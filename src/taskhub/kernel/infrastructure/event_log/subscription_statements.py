"""The statements behind subscribers: what is new in which log, and how far a subscriber has come."""

from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from taskhub.kernel.infrastructure.event_log.records import EVENT_COLUMNS
from taskhub.kernel.infrastructure.event_log.tables import EventRow, ParkedEventRow, StreamRow, SubscriptionRow
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

_events, _streams = table_of(EventRow), table_of(StreamRow)
_positions, _parked = table_of(SubscriptionRow), table_of(ParkedEventRow)

_subscriber = bindparam("subscriber", type_=Text())
_stream_id = bindparam("stream_id", type_=Uuid())
_now = bindparam("now", type_=_positions.c.retry_at.type)
_types = bindparam("types", type_=ARRAY(Text()))
_stream_ids = bindparam("stream_ids", type_=ARRAY(Uuid()))
_seq = bindparam("seq", type_=BigInteger())
_THIS = (_positions.c.stream_id == _stream_id, _positions.c.subscriber == _subscriber)


def _removed_until(stream_id: ColumnElement[UUID]) -> ColumnElement[int]:
    """Where a log is kept from: what is there of before is for nobody who follows it."""
    return select(_streams.c.removed_until).where(_streams.c.stream_id == stream_id).correlate_except(_streams).scalar_subquery()


CHANGED_STREAMS = Statement(
    select(_streams.c.stream_id, _streams.c.last_seq, func.coalesce(_positions.c.position, 0).label("position"))
    .select_from(
        _streams.outerjoin(
            _positions, and_(_positions.c.stream_id == _streams.c.stream_id, _positions.c.subscriber == _subscriber)
        )
    )
    .where(
        _streams.c.moved_at > bindparam("since", type_=_streams.c.moved_at.type),
        _streams.c.last_seq > func.coalesce(_positions.c.position, 0),
        or_(_positions.c.retry_at.is_(None), _positions.c.retry_at <= _now),
    )
)
"""Logs that have grown past a subscriber's position, and moved since an instant. Without a failure that still rests."""

_handled = func.coalesce(_positions.c.position, 0)
UNHANDLED_STREAMS = Statement(
    select(_streams.c.stream_id, _streams.c.last_seq, _handled.label("position"), _positions.c.retry_at)
    .select_from(
        _streams.outerjoin(
            _positions, and_(_positions.c.stream_id == _streams.c.stream_id, _positions.c.subscriber == _subscriber)
        )
    )
    .where(
        _streams.c.last_seq > _handled,
        select(literal(1))
        .where(
            _events.c.stream_id == _streams.c.stream_id,
            _events.c.seq > func.greatest(_handled, _streams.c.removed_until),
            _events.c.type == func.any(_types),
        )
        .exists(),
    )
)
"""Logs with an event that a subscriber wants and has not handled. It looks at every log: for tests that wait for the head."""

_scan = (
    func.unnest(
        _stream_ids,
        bindparam("after", type_=ARRAY(BigInteger())),
        bindparam("until", type_=ARRAY(BigInteger())),
    )
    .table_valued(column("stream_id", Uuid()), column("after", BigInteger()), column("until", BigInteger()), name="scan")
    .render_derived()
)
MATCHING_STREAMS = Statement(
    select(_streams.c.stream_id)
    .join(_scan, _scan.c.stream_id == _streams.c.stream_id)
    .where(
        _streams.c.stream_id == func.any(_stream_ids),
        select(literal(1))
        .where(
            _events.c.stream_id == _streams.c.stream_id,
            _events.c.seq > func.greatest(_scan.c.after, _streams.c.removed_until),
            _events.c.seq <= _scan.c.until,
            _events.c.type == func.any(_types),
        )
        .exists(),
    )
)
"""Those logs that hold an event of the wanted types in a range that was not looked at yet."""

INSERT_POSITION = Statement(
    insert(_positions).values(stream_id=_stream_id, subscriber=_subscriber, position=0, failures=0).on_conflict_do_nothing()
)
LOCK_POSITION = Statement(select(_positions.c.position, _positions.c.failures).where(*_THIS).with_for_update(skip_locked=True))
NEXT_EVENT = Statement(
    select(*EVENT_COLUMNS)
    .where(
        _events.c.stream_id == _stream_id,
        _events.c.seq > func.greatest(_seq, _removed_until(_stream_id)),
        _events.c.type == func.any(_types),
    )
    .order_by(_events.c.seq)
    .limit(literal(1, Integer()))
)
ADVANCE_POSITION = Statement(update(_positions).values(position=_seq, failures=0, retry_at=None).where(*_THIS))
RECORD_FAILURE = Statement(
    update(_positions)
    .values(failures=_positions.c.failures + 1, retry_at=bindparam("retry_at", type_=_positions.c.retry_at.type))
    .where(*_THIS)
    .returning(_positions.c.failures)
)
PARK_EVENT = Statement(
    insert(_parked)
    .values(stream_id=_stream_id, subscriber=_subscriber, seq=_seq, error=bindparam("error", type_=Text()), parked_at=_now)
    .on_conflict_do_nothing()
)
COUNT_PARKED = Statement(select(_parked.c.subscriber, func.count().label("count")).group_by(_parked.c.subscriber))
PARKED_EVENTS = Statement(
    select(_parked.c.subscriber, _parked.c.stream_id, _parked.c.seq, _parked.c.error).order_by(
        _parked.c.parked_at, _parked.c.subscriber, _parked.c.stream_id, _parked.c.seq
    )
)
"""It looks at every log: for tests that ask what was given up."""

_free = select(_positions.c.stream_id).where(*_THIS).with_for_update(skip_locked=True).cte("free")
SKIP_EVENTS = Statement(
    update(_positions)
    .values(position=func.greatest(_positions.c.position, _seq))
    .where(
        *_THIS,
        _positions.c.stream_id == _free.c.stream_id,
        _positions.c.position == bindparam("after", type_=BigInteger()),
        _positions.c.failures == 0,
    )
)
"""Moves a position over a range in which nothing was wanted. One that somebody holds or has moved stays."""
