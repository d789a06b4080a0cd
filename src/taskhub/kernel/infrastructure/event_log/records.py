"""Events as they are read from the log: the columns to select, and what becomes of a row of them."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause, Text, cast, func
from sqlalchemy.dialects.postgresql import JSONB

from taskhub.kernel.contract.events import Event, LoggedEvent
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.rows import table_of

_events = table_of(EventRow).c
STORED_COLUMNS = (
    _events.stream_id,
    _events.seq,
    _events.id,
    func.coalesce(_events.commit_seq, _events.seq).label("commit"),
    _events.type,
    _events.entity_type,
    _events.entity_id,
    _events.entity_version,
    _events.actor_id,
    _events.request_id,
    _events.occurred_at,
    _events.changes,
    _events.snapshot,
)


def event_columns_of(stored: FromClause) -> tuple[ColumnElement[Any], ...]:
    """Those of a subquery that has `STORED_COLUMNS`."""
    return tuple(_as_text(stored.c[column.name]) for column in STORED_COLUMNS)


def _as_text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, Text).label(column.name) if isinstance(column.type, JSONB) else column


EVENT_COLUMNS = tuple(map(_as_text, STORED_COLUMNS))


def event_of(record: Record) -> Event:
    """The event with its values."""
    snapshot = record["snapshot"]
    return Event(
        record["stream_id"],
        record["seq"],
        record["id"],
        record["type"],
        record["entity_type"],
        record["entity_id"],
        record["entity_version"],
        record["actor_id"],
        record["occurred_at"],
        record["request_id"],
        msgspec.json.decode(record["changes"]),
        None if snapshot is None else msgspec.json.decode(snapshot),
    )


def logged_event_of(record: Record) -> LoggedEvent:
    """The event with its values as JSON, to be handed on as they are: in bytes, as of a text `Raw` keeps the text as well."""
    snapshot = record["snapshot"]
    return LoggedEvent(
        seq=record["seq"],
        id=record["id"],
        commit=record["commit"],
        type=record["type"],
        entity_type=record["entity_type"],
        entity_id=record["entity_id"],
        entity_version=record["entity_version"],
        actor_id=record["actor_id"],
        request_id=record["request_id"],
        occurred_at=record["occurred_at"],
        changes=msgspec.Raw(record["changes"].encode()),
        snapshot=None if snapshot is None else msgspec.Raw(snapshot.encode()),
    )
