"""Reads the event log of a workspace from the database."""

from collections.abc import Awaitable, Callable, Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, bindparam, cast, select

from support.harness.api import Api
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

Event = dict[str, Any]
ReadLog = Callable[[Api], Awaitable[list[Event]]]
"""The events of the workspace that a client is in."""

_events = table_of(EventRow).c
_LOG = Statement(
    select(
        _events.seq,
        _events.id,
        _events.type,
        _events.entity_type,
        _events.entity_id,
        _events.entity_version,
        _events.actor_id,
        _events.request_id,
        cast(_events.changes, Text).label("changes"),
        cast(_events.snapshot, Text).label("snapshot"),
    )
    .where(_events.stream_id == bindparam("stream_id", type_=_events.stream_id.type))
    .order_by(_events.seq)
)


async def read_log(database: Database, stream_id: UUID) -> list[Event]:
    events = []
    for record in await database.fetch(_LOG, {"stream_id": stream_id}):
        event = dict(record)
        event["changes"] = msgspec.json.decode(event["changes"])
        event["snapshot"] = msgspec.json.decode(event["snapshot"] or "null")
        events.append(event)
    return events


def commits_in(log: Iterable[Event]) -> list[list[Event]]:
    """The events of a log, those of one request together: nobody ever sees only some of them."""
    return [list(events) for _, events in groupby(log, key=itemgetter("request_id"))]
