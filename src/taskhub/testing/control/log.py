"""Waiting for an event: woken by the commit that appends it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Integer, Text, Uuid, bindparam, literal, or_, select

from taskhub.background import running_loops
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.infrastructure.event_log.records import EVENT_COLUMNS, event_of
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.testing.control.errors import EventNotSeen

SEEN = 10
POLL_SECONDS = 0.5
"""How soon an event is seen that another process has appended: those of this one wake at once."""

_events, _streams = table_of(EventRow), table_of(StreamRow)
_THIS_LOG = (_events.c.stream_id == bindparam("stream_id", type_=Uuid()), _events.c.seq > bindparam("after", type_=BigInteger()))
_entity_id = bindparam("entity_id", type_=Uuid())
_FIRST = Statement(
    select(*EVENT_COLUMNS)
    .where(
        *_THIS_LOG,
        _events.c.type == bindparam("type", type_=Text()),
        or_(_entity_id.is_(None), _events.c.entity_id == _entity_id),
    )
    .order_by(_events.c.seq)
    .limit(literal(1, Integer()))
)
_HEAD = Statement(select(_streams.c.last_seq).where(_streams.c.stream_id == bindparam("stream_id", type_=Uuid())))
_LAST = Statement(
    select(_events.c.seq, _events.c.type, _events.c.entity_id)
    .where(*_THIS_LOG)
    .order_by(_events.c.seq.desc())
    .limit(literal(SEEN, Integer()))
)


class EventView(msgspec.Struct, frozen=True):
    """An event of a workspace's log. ``changes``: by field, each with the values before and after."""

    seq: int
    id: UUID
    type: str
    entity_type: str
    entity_id: UUID
    entity_version: int
    actor_id: UUID | None
    occurred_at: datetime
    request_id: str | None
    changes: dict[str, Any]
    snapshot: dict[str, Any] | None


class EventWaiter:
    def __init__(self, database: Database, grown: asyncio.Event) -> None:
        """``grown``: is set when an event was appended in this process."""
        self._database = database
        self._grown = grown
        self._next: asyncio.Future[None] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with running_loops(self._wake):
            yield

    async def first(self, workspace_id: UUID, type: str, *, entity_id: UUID | None, after: int, seconds: float) -> EventView:
        """The first event of a type after a place in the log, as soon as it is there.

        Raises:
            EventNotSeen: it was not, so many seconds later.
            Busy, Unavailable: the database did not answer by then.
        """
        place = {"stream_id": workspace_id, "after": after}
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            growth = self._growth()  # Before the look: what comes meanwhile is not missed.
            with suppress(Busy, Unavailable):  # Not yet: it is asked again.
                row = await self._database.fetch_row(_FIRST, {**place, "type": type, "entity_id": entity_id})
                if row is not None:
                    return _view(row)
            if (left := deadline - loop.time()) <= 0:
                break
            await asyncio.wait([growth], timeout=min(left, POLL_SECONDS))
        wanted = f"{type} of {entity_id}" if entity_id else type
        last = await self._database.fetch(_LAST, place)
        if last:
            raise EventNotSeen.among(wanted, [f"{row['seq']} {row['type']} of {row['entity_id']}" for row in last])
        head = await self._database.fetch_row(_HEAD, {"stream_id": workspace_id})
        raise EventNotSeen.after(wanted, head["last_seq"] if head else None)

    def _growth(self) -> asyncio.Future[None]:
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        return self._next

    async def _wake(self) -> None:
        while True:
            await self._grown.wait()
            self._grown.clear()
            growth, self._next = self._next, None
            if growth is not None:
                growth.set_result(None)


def _view(row: Any) -> EventView:
    event = event_of(row)
    return EventView(**{name: getattr(event, name) for name in EventView.__struct_fields__})
