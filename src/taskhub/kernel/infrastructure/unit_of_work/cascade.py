"""Events for changes that were made to many rows at once, by one statement.

A cascade changes its rows where the command decides it, and appends its events where the commit takes its numbers: last.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Integer, Text, Uuid, bindparam, case, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.contract.event_content import SCHEMA
from taskhub.kernel.infrastructure.event_log.log_sequence import NUMBERED, take_numbers
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.connection import Connection
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.changes import encode

APPEND_SECONDS = 65.0

_events, _STREAMS = table_of(EventRow), table_of(StreamRow)


class Changed(NamedTuple):
    """One thing of a cascade.

    Attributes:
        version: the version that it has now; the one before has its event in the log.
        changes: the members of its representation that changed, as ``[before, after]``; without version and updated_at.
    """

    id: UUID
    version: int
    changes: dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Cascade:
    """The same event for many things of one stream, whose rows are changed already."""

    stream_id: UUID
    entity_type: str
    event: str
    changed: list[Changed]
    now: datetime


def _statement() -> Statement:
    things = (
        func.unnest(
            bindparam("ids", type_=ARRAY(Uuid())),
            bindparam("versions", type_=ARRAY(Integer())),
            bindparam("event_ids", type_=ARRAY(Uuid())),
            bindparam("changes", type_=ARRAY(JSONB)),
            bindparam("deltas", type_=ARRAY(JSONB)),
        )
        .table_valued(
            column("id", Uuid()),
            column("version", Integer()),
            column("event_id", Uuid()),
            column("changes", JSONB),
            column("delta", JSONB),
            with_ordinality="place",
            name="thing",
        )
        .render_derived()
    )
    stream_id = bindparam("stream_id", type_=Uuid())
    count = bindparam("count", type_=BigInteger())
    now = bindparam("now", type_=_events.c.occurred_at.type)
    counter = take_numbers(insert(_STREAMS).from_select(NUMBERED, select(stream_id, count, now))).cte("counter")
    first_seq = counter.c.last_seq - count + 1
    commit_seq = func.coalesce(bindparam("commit_seq", type_=BigInteger()), case((things.c.place > 1, first_seq)))
    version = cast(func.jsonb_build_object(literal("version", Text()), things.c.version), JSONB)
    source = (
        select(
            stream_id,
            first_seq + things.c.place - 1,
            things.c.event_id,
            bindparam("type", type_=Text()),
            bindparam("schema", type_=Integer()),
            bindparam("entity_type", type_=Text()),
            things.c.id,
            things.c.version,
            bindparam("actor_id", type_=Uuid()),
            now,
            bindparam("request_id", type_=Text()),
            things.c.changes,
            _events.c.snapshot.concat(things.c.delta).concat(version),
            commit_seq,
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
    added = insert(_events).from_select(names, source).returning(_events.c.seq).cte("added")
    return Statement(select(func.count().label("count"), func.min(added.c.seq).label("first_seq")))


_APPEND = _statement()


async def append_events(
    connection: Connection, cascade: Cascade, attempt: Attempt, first_event: int, commit_seq: int | None
) -> int:
    """Appends one event per thing, each with the snapshot of the event before it and the change applied.

    ``commit_seq``: the `seq` of the command's first event in this stream; None where it has none yet. Returns that of the first
    one of these.
    """
    count = len(cascade.changed)
    deltas = [{name: after for name, (_, after) in changed.changes.items()} for changed in cascade.changed]
    row = await connection.fetch_row(
        _APPEND,
        {
            "stream_id": cascade.stream_id,
            "ids": [changed.id for changed in cascade.changed],
            "versions": [changed.version for changed in cascade.changed],
            "event_ids": [attempt.event_id(first_event + index) for index in range(count)],
            "changes": [encode(changed.changes).decode() for changed in cascade.changed],
            "deltas": [encode({**delta, "updated_at": cascade.now}).decode() for delta in deltas],
            "count": count,
            "type": cascade.event,
            "schema": SCHEMA,
            "entity_type": cascade.entity_type,
            "actor_id": attempt.context.actor_id,
            "now": cascade.now,
            "request_id": attempt.context.request_id,
            "commit_seq": commit_seq,
        },
        seconds=APPEND_SECONDS,
    )
    if row is None or row["count"] != count:
        raise RuntimeError(f"{cascade.event}: {count} rows changed, but not all of them had their last version in the log")
    return int(row["first_seq"])
