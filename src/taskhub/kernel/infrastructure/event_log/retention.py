"""Removes the beginning of logs: what is older than the deployment keeps.

Of each thing that is still there the last removed event stays, without the values of its changes: it tells what the thing was
when the log began. Whoever reads the log begins after `removed_until`, and never sees it.
"""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, Uuid, bindparam, case, delete, func, literal, select, update

from taskhub.kernel.infrastructure.event_log.redaction import NAMES_OF_CHANGES
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow, SubscriptionRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

EVENTS_PER_BATCH = 500
STREAMS_PER_BATCH = 1000
MARGIN = timedelta(hours=1)
"""How much longer events are kept than is said: a retry key leads to its event for a day, by the clock of another process."""

LogPosition = Callable[[Database, UUID], Awaitable[int | None]]
"""How far somebody who is no subscriber has come in a log; None where nobody follows it."""

_events, _streams, _positions = table_of(EventRow), table_of(StreamRow), table_of(SubscriptionRow)
_STREAM_ID = bindparam("stream_id", type_=Uuid())
_BEFORE = bindparam("before", type_=DateTime(timezone=True))
_AFTER, _UNTIL = bindparam("after", type_=BigInteger()), bindparam("until", type_=BigInteger())
_is_first = (_events.c.stream_id == _streams.c.stream_id) & (_events.c.seq == _streams.c.removed_until + 1)

_OLD_STREAMS = Statement(
    select(
        _streams.c.stream_id,
        _streams.c.removed_until,
        # The first event is too old in a few only: most logs are looked at, and left alone.
        case((_events.c.occurred_at < _BEFORE, True), else_=False).label("is_old"),
    )
    .select_from(_streams.outerjoin(_events, _is_first))
    .where(_streams.c.stream_id > bindparam("after_stream_id", type_=Uuid()))
    .order_by(_streams.c.stream_id)
    .limit(literal(STREAMS_PER_BATCH, Integer()))
)
_POSITIONS = Statement(select(_positions.c.subscriber, _positions.c.position).where(_positions.c.stream_id == _STREAM_ID))
_first_kept = (
    select(_events.c.seq)
    .where(_events.c.stream_id == _STREAM_ID, _events.c.seq > _AFTER, _events.c.seq <= _UNTIL, _events.c.occurred_at >= _BEFORE)
    .order_by(_events.c.seq)
    .limit(literal(1, Integer()))
    .scalar_subquery()
)
_LAST_OLD = Statement(
    select(func.least(_UNTIL, _streams.c.last_seq, func.coalesce(_first_kept - 1, _UNTIL)).label("seq")).where(
        _streams.c.stream_id == _STREAM_ID
    )
)


def _remove() -> Statement:
    """One batch. The log tells where it begins in the same moment in which the events are gone.

    Rows of events first, the row of the log last: in the order in which commits that empty events take them.
    """
    last = (
        select(_events.c.entity_id, func.max(_events.c.entity_version).label("version"))
        .where(_events.c.stream_id == _STREAM_ID, _events.c.seq > _AFTER, _events.c.seq <= _UNTIL)
        .group_by(_events.c.entity_id)
        .cte("last")
    )
    is_last = _events.c.entity_version == last.c.version
    of_thing = (_events.c.stream_id == _STREAM_ID, _events.c.entity_id == last.c.entity_id)
    gone = (
        delete(_events)
        .where(*of_thing, (_events.c.entity_version < last.c.version) | (is_last & _events.c.snapshot.is_(None)))
        .returning(literal(1))
        .cte("gone")
    )
    emptied = (
        update(_events)
        .values(changes=NAMES_OF_CHANGES)
        .where(*of_thing, is_last, _events.c.snapshot.is_not(None))
        .returning(literal(1))
        .cte("emptied")
    )
    count, others = (select(func.count()).select_from(part).scalar_subquery() for part in (gone, emptied))
    return Statement(
        update(_streams)
        .values(
            removed_until=func.greatest(_streams.c.removed_until, _UNTIL),
            removed_before=func.greatest(func.coalesce(_streams.c.removed_before, _BEFORE), _BEFORE),
        )
        .where(_streams.c.stream_id == _STREAM_ID, count + others >= literal(0, Integer()))
        .returning(count.label("count"))
    )


_REMOVE = _remove()


class EventRetention:
    """Removes events that are older than so many days. May be run by several processes at once.

    ``subscribers``, ``followers``: whoever has to have had an event before it may go.
    """

    def __init__(self, days: int, subscribers: Collection[str], followers: Collection[LogPosition] = ()) -> None:
        self._age = timedelta(days=days) + MARGIN
        self._subscribers = frozenset(subscribers)
        self._followers = tuple(followers)

    async def __call__(self, database: Database, now: datetime) -> int:
        """Returns how many events went.

        Raises:
            Unavailable, Busy
        """
        before, last_id, removed = now - self._age, UUID(int=0), 0
        while rows := await database.fetch(_OLD_STREAMS, {"before": before, "after_stream_id": last_id}):
            for row in rows:
                if row["is_old"]:
                    removed += await self._shorten(database, row["stream_id"], row["removed_until"], before)
            last_id = rows[-1]["stream_id"]
        return removed

    async def _shorten(self, database: Database, stream_id: UUID, after: int, before: datetime) -> int:
        """Removes the beginning of one log, a batch at a time."""
        had, removed = await self._had(database, stream_id), 0
        while after < had:
            until = min(had, after + EVENTS_PER_BATCH)
            place = {"stream_id": stream_id, "after": after, "until": until, "before": before}
            row = await database.fetch_row(_LAST_OLD, place)
            last = row["seq"] if row else after
            if last <= after:
                break
            gone = await database.fetch_row(_REMOVE, {**place, "until": last})
            removed += gone["count"] if gone else 0
            if last < until:
                break
            after = last
        return removed

    async def _had(self, database: Database, stream_id: UUID) -> int:
        """How far all have come in a log."""
        rows = await database.fetch(_POSITIONS, {"stream_id": stream_id})
        subscriptions = {row["subscriber"]: row["position"] for row in rows}
        positions = [subscriptions.get(name, 0) for name in self._subscribers]
        followed = [await position(database, stream_id) for position in self._followers]
        return min([*positions, *(position for position in followed if position is not None)], default=2**62)
