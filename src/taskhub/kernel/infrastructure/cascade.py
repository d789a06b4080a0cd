"""Events for changes that were made to many rows at once, by one statement.

A cascade changes its rows where the command decides it, and appends its events where the commit takes its numbers: last.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ARRAY, BigInteger, Integer, Text, Uuid, bindparam, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.infrastructure.commit import SCHEMA
from taskhub.kernel.infrastructure.database import Connection
from taskhub.kernel.infrastructure.rows import table_of
from taskhub.kernel.infrastructure.statements import Statement
from taskhub.kernel.infrastructure.tables import EventRow, StreamRow

_events, _streams = table_of(EventRow), table_of(StreamRow)


@dataclass(frozen=True, slots=True)
class Cascade:
    """The same change on many things of one stream, whose rows are changed already.

    Attributes:
        versions: the things, with the version that each has now (the one before has its event in the log).
        delta: the representation's members that changed, with their new values; version and updated_at are added.
        before: the values that these members had.
    """

    stream_id: UUID
    entity_type: str
    event: str
    versions: list[tuple[UUID, int]]
    delta: dict[str, Any]
    before: dict[str, Any]
    now: datetime


def _statement() -> Statement:
    things = (
        func.unnest(
            bindparam("ids", type_=ARRAY(Uuid())),
            bindparam("versions", type_=ARRAY(Integer())),
            bindparam("event_ids", type_=ARRAY(Uuid())),
        )
        .table_valued(
            column("id", Uuid()), column("version", Integer()), column("event_id", Uuid()), with_ordinality="place", name="thing"
        )
        .render_derived()
    )
    stream_id = bindparam("stream_id", type_=Uuid())
    now = bindparam("now", type_=_events.c.occurred_at.type)
    upsert = insert(_streams).from_select(
        ["stream_id", "last_seq", "moved_at"], select(stream_id, bindparam("count", type_=BigInteger()), now)
    )
    counter = (
        upsert.on_conflict_do_update(
            index_elements=[_streams.c.stream_id],
            set_={
                "last_seq": _streams.c.last_seq + upsert.excluded.last_seq,
                "moved_at": func.greatest(_streams.c.moved_at, upsert.excluded.moved_at),
            },
        )
        .returning(_streams.c.last_seq)
        .cte("counter")
    )
    snapshot = _events.c.snapshot.concat(bindparam("delta", type_=JSONB)).concat(
        cast(func.jsonb_build_object(literal("version", Text()), things.c.version), JSONB)
    )
    source = (
        select(
            stream_id,
            counter.c.last_seq - bindparam("count", type_=BigInteger()) + things.c.place,
            things.c.event_id,
            bindparam("type", type_=Text()),
            bindparam("schema", type_=Integer()),
            bindparam("entity_type", type_=Text()),
            things.c.id,
            things.c.version,
            bindparam("actor_id", type_=Uuid()),
            now,
            bindparam("request_id", type_=Text()),
            bindparam("changes", type_=JSONB),
            snapshot,
        )
        .select_from(things)
        .join(
            _events,
            (_events.c.stream_id == stream_id)
            & (_events.c.entity_id == things.c.id)
            & (_events.c.entity_version == things.c.version - 1),
        )
        .join(counter, literal(True))
    )
    names = [c.name for c in _events.c]
    added = insert(_events).from_select(names, source).returning(literal(1)).cte("added")
    return Statement(select(func.count()).select_from(added))


_APPEND = _statement()


async def append_events(connection: Connection, cascade: Cascade, attempt: Attempt, first_event: int) -> None:
    """Appends one event per thing, each with the snapshot of the event before it and the change applied."""
    count = len(cascade.versions)
    changes = {name: [cascade.before[name], value] for name, value in cascade.delta.items()}
    delta = {**cascade.delta, "updated_at": cascade.now}
    row = await connection.fetch_row(
        _APPEND,
        {
            "stream_id": cascade.stream_id,
            "ids": [id for id, _ in cascade.versions],
            "versions": [version for _, version in cascade.versions],
            "event_ids": [attempt.event_id(first_event + index) for index in range(count)],
            "count": count,
            "type": cascade.event,
            "schema": SCHEMA,
            "entity_type": cascade.entity_type,
            "actor_id": attempt.context.actor_id,
            "now": cascade.now,
            "request_id": attempt.context.request_id,
            "changes": msgspec.json.encode(changes).decode(),
            "delta": msgspec.json.encode(delta).decode(),
        },
        seconds=65,
    )
    if row is None or row[0] != count:
        raise RuntimeError(f"{cascade.event}: {count} rows changed, but not all of them had their last version in the log")
