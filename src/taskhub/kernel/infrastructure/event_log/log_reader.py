"""Reads the log of a stream: its events in the order of their commits, from any place on."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import compress
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Integer, Text, Uuid, bindparam, case, func, literal, select, true

from taskhub.kernel.application.log_pages import ALL_EVENTS, EventFilter, LogPage
from taskhub.kernel.infrastructure.event_log.records import EVENT_COLUMNS, logged_event_of
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.database import Database, Parameters
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

EVENTS_PER_LOOK = 20_000
"""How far one statement goes for events that a filter wants, so that it takes some ten milliseconds at most."""
LONGEST_COMMAND = timedelta(minutes=5)
"""An event is of the moment when its command began: later ones may be older by as much as a command takes."""

_FIRST_INSTANT = datetime.min.replace(tzinfo=UTC) + LONGEST_COMMAND

_events, _streams = table_of(EventRow).c, table_of(StreamRow).c
_STREAM_ID = bindparam("stream_id", type_=Uuid())
_AFTER = bindparam("after", type_=BigInteger())
_commit = func.coalesce(_events.commit_seq, _events.seq)
_CONDITIONS = {
    "types": _events.type == func.any(bindparam("types", type_=ARRAY(Text()))),
    "entity_types": _events.entity_type == func.any(bindparam("entity_types", type_=ARRAY(Text()))),
    "entity_ids": _events.entity_id == func.any(bindparam("entity_ids", type_=ARRAY(Uuid()))),
    "actor_ids": _events.actor_id == func.any(bindparam("actor_ids", type_=ARRAY(Uuid()))),
    "commits": _commit == func.any(bindparam("commits", type_=ARRAY(BigInteger()))),
}


class LogReader:
    """All methods raise `Unavailable` and `Busy`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def last_seq(self, stream_id: UUID) -> int:
        """The end of the log: the ``seq`` of its last event, 0 where there is none."""
        row = await self._database.fetch_row(_LAST_SEQ, {"stream_id": stream_id})
        return row["last_seq"] if row else 0

    async def last_seqs(self, stream_ids: Sequence[UUID]) -> dict[UUID, int]:
        """The ends of several logs, by one look."""
        rows = await self._database.fetch(_LAST_SEQS, {"stream_ids": stream_ids})
        return {row["stream_id"]: row["last_seq"] for row in rows}

    async def seq_before(self, stream_id: UUID, instant: datetime) -> int | None:
        """The ``seq`` before the first event that happened at an instant or later; None where the log is not kept so far back."""
        place = {"stream_id": stream_id, "instant": instant, "earliest": max(instant, _FIRST_INSTANT) - LONGEST_COMMAND}
        row = await self._database.fetch_row(_SEQ_BEFORE, place)
        if row is None:
            return 0
        seq, removed_before = row
        return None if removed_before is not None and instant < removed_before else int(seq)

    async def read(self, stream_id: UUID, after: int, limit: int, wanted: EventFilter = ALL_EVENTS) -> LogPage:
        """Up to so many events after a place."""
        parameters = _parameters_of(wanted)
        scanned = None if wanted.entity_ids else EVENTS_PER_LOOK
        place: Parameters = {"stream_id": stream_id, "after": after, "limit": limit + 1, "scanned": scanned, **parameters}
        rows = await self._database.fetch(_read(tuple(name in parameters for name in _CONDITIONS)), place)
        last_seq, removed_until = (rows[0]["last_seq"], rows[0]["removed_until"]) if rows else (0, 0)
        events = [logged_event_of(row) for row in rows[:limit] if row["seq"] is not None]
        if len(rows) > limit:
            return LogPage(events, events[-1].seq, last_seq, removed_until)
        until = last_seq if scanned is None else min(last_seq, after + scanned)
        return LogPage(events, max(after, until), last_seq, removed_until)


def _parameters_of(wanted: EventFilter) -> dict[str, list[Any]]:
    return {name: sorted(values) for name in _CONDITIONS if (values := getattr(wanted, name))}


_LAST_SEQ = Statement(select(_streams.last_seq).where(_streams.stream_id == _STREAM_ID))
_LAST_SEQS = Statement(
    select(_streams.stream_id, _streams.last_seq).where(
        _streams.stream_id == func.any(bindparam("stream_ids", type_=ARRAY(Uuid())))
    )
)


@lru_cache(maxsize=32)
def _read(conditions: tuple[bool, ...]) -> Statement:
    """At least one row, if the log is there: the end of the log is of the same moment as the events."""
    scanned = bindparam("scanned", type_=BigInteger())
    events = (
        select(*EVENT_COLUMNS)
        .where(
            _events.stream_id == _STREAM_ID,
            _events.seq > _AFTER,
            _events.seq <= func.least(_streams.last_seq, _AFTER + scanned),
            *compress(_CONDITIONS.values(), conditions),
        )
        .order_by(_events.seq)
        .limit(bindparam("limit", type_=Integer()))
        .correlate(table_of(StreamRow))
        .lateral("event")
    )
    columns = [column for column in events.c if column.name != "stream_id"]
    query = select(_streams.last_seq, _streams.removed_until, *columns).select_from(table_of(StreamRow).outerjoin(events, true()))
    return Statement(query.where(_streams.stream_id == _STREAM_ID).order_by(events.c.seq))


def _seq_before() -> Statement:
    """Halves the log until it has found an event from shortly before the instant, and goes on from there."""
    earliest = bindparam("earliest", type_=_events.occurred_at.type)
    instant = bindparam("instant", type_=_events.occurred_at.type)
    ends = select((_streams.removed_until + 1).label("low"), (_streams.last_seq + 1).label("high"))
    search = ends.where(_streams.stream_id == _STREAM_ID).cte("search", recursive=True)
    middle = func.div(search.c.low + search.c.high, literal(2, BigInteger())).cast(BigInteger())
    is_before = _events.occurred_at < earliest
    half = (
        select(case((is_before, middle + 1), else_=search.c.low), case((is_before, search.c.high), else_=middle))
        .select_from(search.join(table_of(EventRow), (_events.stream_id == _STREAM_ID) & (_events.seq == middle)))
        .where(search.c.low < search.c.high)
    )
    search = search.union_all(half)
    begin = select(func.max(search.c.low)).scalar_subquery()
    first = select(_events.seq - 1).where(_events.stream_id == _STREAM_ID, _events.seq >= begin, _events.occurred_at >= instant)
    found = first.order_by(_events.seq).limit(literal(1, Integer())).scalar_subquery()
    columns = (func.coalesce(found, _streams.last_seq), _streams.removed_before)
    return Statement(select(*columns).where(_streams.stream_id == _STREAM_ID))


_SEQ_BEFORE = _seq_before()
