"""Things as they were: of each, the snapshot of the last event that its log had at a moment.

A module that shows what was reads it from here: it needs no table and no code of its own to keep the past.
"""

from collections.abc import Mapping as Dict
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy import column as sql_column
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import LateralFromClause

from taskhub.kernel.infrastructure.event_log.log_reader import LONGEST_COMMAND
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping

SEQ = bindparam("as_of", type_=BigInteger())
"""The last event of the moment, as a parameter of statements."""
_ONE: ColumnElement[int] = literal_column("1", Integer())


def _seq_of(stream_id: ColumnElement[Any], entity_id: ColumnElement[Any]) -> ColumnElement[int]:
    """The last event of a thing that the moment has. It is found in an index alone, so that nothing is read of later versions."""
    events = table_of(EventRow).alias("version")
    version = events.c
    known = select(version.seq).where(version.stream_id == stream_id, version.entity_id == entity_id, version.seq <= SEQ)
    return known.order_by(version.entity_version.desc()).limit(_ONE).correlate_except(events).scalar_subquery()


def snapshot_of(stream_id: ColumnElement[Any], entity_id: ColumnElement[Any], name: str = "past") -> LateralFromClause:
    """The `snapshot` of a thing at the moment, as one row, or none where it was not there, was gone, or was erased since."""
    events = table_of(EventRow).alias(f"{name}_event")
    event, seq = events.c, _seq_of(stream_id, entity_id)
    found = select(event.snapshot).where(event.stream_id == stream_id, event.seq == seq, event.snapshot.is_not(None))
    return found.limit(_ONE).correlate_except(events).lateral(name)


def latest_instant(stream_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """When the last thing of the moment was made at the latest: a command that began later was committed later.

    The last event of the moment may be gone where the log begins after it. All that is gone was older than the log tells.
    """
    event, stream = table_of(EventRow).alias("last_event").c, table_of(StreamRow).alias("log").c
    occurred_at = select(event.occurred_at).where(event.stream_id == stream_id, event.seq == SEQ).scalar_subquery()
    removed_before = select(stream.removed_before).where(stream.stream_id == stream_id).scalar_subquery()
    longest_command: ColumnElement[Any] = literal_column(f"interval '{int(LONGEST_COMMAND.total_seconds())} seconds'")
    return func.coalesce(occurred_at, removed_before) + longest_command


def gone_since(stream_id: ColumnElement[Any], entity_type: str) -> Select[Any]:
    """The ids of things that were removed since the moment: once for each time, and also of those that are back."""
    event = table_of(EventRow).alias("gone").c
    kind = literal_column(f"'{entity_type}'", Text())
    return select(event.entity_id.label("id")).where(
        event.stream_id == stream_id, event.entity_type == kind, event.seq > SEQ, event.snapshot.is_(None)
    )


def member(snapshot: ColumnElement[Any], *path: str) -> ColumnElement[str]:
    """The text of a member of a snapshot, or null."""
    *objects, name = (literal_column(f"'{one}'", Text()) for one in path)
    for one in objects:
        snapshot = snapshot.op("->", return_type=JSONB())(one)
    return snapshot.op("->>", return_type=Text())(name)


def columns_in(past: FromClause, mapping: Mapping[Any], others: Dict[str, ColumnElement[Any]], name: str) -> LateralFromClause:
    """The columns of a resource as its snapshot tells them, to be compared like those of its row. Only what is used is computed.

    ``past``: what `snapshot_of` made. ``others``: columns that are not simply a member of the snapshot by that name.
    """
    shown = [column for column in mapping.table.c if column.name in mapping.view.__struct_fields__]
    made = {column.name: _value(past.c.snapshot, column) for column in shown} | dict(others)
    return select(*(value.label(key) for key, value in made.items())).correlate(past).lateral(name)


def _value(snapshot: ColumnElement[Any], column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, ARRAY):
        items = func.jsonb_array_elements_text(snapshot.op("->", return_type=JSONB())(literal_column(f"'{column.name}'", Text())))
        item = items.table_valued(sql_column("value", Text()), name=f"in_{column.name}").render_derived()
        ids = select(cast(item.c.value, column.type.item_type)).select_from(item).correlate_except(item)
        return func.array(ids.scalar_subquery(), type_=column.type)
    text = member(snapshot, column.name)
    return text if isinstance(column.type, Text) else cast(text, column.type)


class Snapshots:
    """All methods raise `Unavailable` and `Busy`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, stream_id: UUID, entity_type: str, id: UUID, as_of: int) -> str | None:
        """The JSON of a thing at a moment; None where it was not there, was gone, or was erased since."""
        place = {"stream_id": stream_id, "entity_type": entity_type, "id": id, "as_of": as_of}
        row = await self._database.fetch_row(_FIND, place)
        return row["snapshot"] if row else None


def _find() -> Statement:
    event, stream_id = table_of(EventRow).c, bindparam("stream_id", type_=Uuid())
    seq = _seq_of(stream_id, bindparam("id", type_=Uuid()))
    found = select(cast(event.snapshot, Text).label("snapshot")).where(event.stream_id == stream_id, event.seq == seq)
    return Statement(found.where(event.entity_type == bindparam("entity_type", type_=Text())))


_FIND = _find()
