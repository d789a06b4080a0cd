"""Reads the log of a stream: its events in the order of their commits, from any place on."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import compress
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Integer, Text, Uuid, bindparam, case, cast, func, literal, select, true

from taskhub.kernel.application.log_pages import ALL_EVENTS, EventFilter, LogPage
from taskhub.kernel.infrastructure.event_log.records import STORED_COLUMNS, event_columns_of, logged_event_of
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

EVENTS_PER_LOOK = 20_000
"""How far one statement goes for events that a filter wants, so that it takes some ten milliseconds at most."""
EVENTS_PER_STATEMENT = 250
"""How many events one statement reads at most: of large ones the database has to unpack each to know its size."""
PAGE_BYTES = 2 * 1024 * 1024
"""A page takes no more events once it has so many bytes: memory is bounded, however large events are."""
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
        """Up to so many events after a place; fewer where they are large: at least one, and no more after `PAGE_BYTES`."""
        page, size = await self._read(stream_id, after, min(limit, EVENTS_PER_STATEMENT), PAGE_BYTES, wanted)
        while size is not None and size < PAGE_BYTES and (left := limit - len(page.events)) > 0:
            count = min(left, EVENTS_PER_STATEMENT)
            more, more_size = await self._read(stream_id, page.until, count, PAGE_BYTES - size, wanted)
            if not more.has_place(page.until):  # Removed in the meantime.
                break
            page = replace(more, events=[*page.events, *more.events], removed_until=page.removed_until)
            size = None if more_size is None else size + more_size
        return page

    async def _read(
        self, stream_id: UUID, after: int, limit: int, max_bytes: int, wanted: EventFilter
    ) -> tuple[LogPage, int | None]:
        """One statement's page, and its bytes where there is more that is wanted."""
        parameters = _parameters_of(wanted)
        scanned = None if wanted.entity_ids else EVENTS_PER_LOOK
        bounds = {"limit": limit + 1, "max_bytes": max_bytes, "scanned": scanned}
        place: Parameters = {"stream_id": stream_id, "after": after, **bounds, **parameters}
        rows = await self._database.fetch(_read(tuple(name in parameters for name in _CONDITIONS)), place)
        last_seq, removed_until = (rows[0]["last_seq"], rows[0]["removed_until"]) if rows else (0, 0)
        found = [row for row in rows if row["seq"] is not None]
        events = [logged_event_of(row) for row in found[:limit] if row["bytes_before"] < max_bytes]
        if len(found) > len(events):
            return LogPage(events, events[-1].seq, last_seq, removed_until), found[len(events)]["bytes_before"]
        until = last_seq if scanned is None else min(last_seq, after + scanned)
        return LogPage(events, max(after, until), last_seq, removed_until), None


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
    """At least one row, if the log is there: the end of the log is of the same moment as the events.

    One event more than the page has tells whether there is one. Events after that are not made to text.
    """
    scanned = bindparam("scanned", type_=BigInteger())
    picked = (
        select(*STORED_COLUMNS, (_size(_events.changes) + func.coalesce(_size(_events.snapshot), 0)).label("size"))
        .where(
            _events.stream_id == _STREAM_ID,
            _events.seq > _AFTER,
            _events.seq <= func.least(_streams.last_seq, _AFTER + scanned),
            *compress(_CONDITIONS.values(), conditions),
        )
        .order_by(_events.seq)
        .limit(bindparam("limit", type_=Integer()))
        .correlate(table_of(StreamRow))
        .subquery("picked")
    )
    before, before_previous = (
        func.coalesce(func.sum(picked.c.size).over(order_by=picked.c.seq, rows=(None, end)), 0) for end in (-1, -2)
    )
    counted = select(picked, before.label("bytes_before"), before_previous.label("bytes_before_previous")).subquery("counted")
    is_in_page = counted.c.bytes_before_previous < bindparam("max_bytes", type_=BigInteger())
    events = select(*event_columns_of(counted), counted.c.bytes_before).where(is_in_page).order_by(counted.c.seq).lateral("event")
    columns = [column for column in events.c if column.name != "stream_id"]
    query = select(_streams.last_seq, _streams.removed_until, *columns).select_from(table_of(StreamRow).outerjoin(events, true()))
    return Statement(query.where(_streams.stream_id == _STREAM_ID).order_by(events.c.seq))


def _size(values: ColumnElement[Any]) -> ColumnElement[int]:
    """The bytes of a JSON value. What is stored as it is needs not be read for that; what is packed has to be unpacked."""
    is_packed = func.pg_column_compression(values).is_not(None)
    return case((is_packed, func.octet_length(cast(values, Text))), else_=func.pg_column_size(values))


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
