"""What has committed, looked up again: replays for idempotency keys, and commits whose reply was lost."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Text, and_, bindparam, cast, delete, select

from taskhub.kernel.application.commands import Answer, IdempotencyKey, Reply
from taskhub.kernel.application.unit_of_work import EventLocator
from taskhub.kernel.domain.errors import IdempotencyKeyReused
from taskhub.kernel.infrastructure.event_log.tables import EventRow, IdempotencyKeyRow
from taskhub.kernel.infrastructure.postgres.connection import Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.changes import encode
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping

RETENTION = timedelta(hours=24)

_events, _keys = table_of(EventRow), table_of(IdempotencyKeyRow)
_THIS_KEY = (
    _keys.c.stream_id == bindparam("stream_id", type_=_keys.c.stream_id.type),
    _keys.c.user_id == bindparam("user_id", type_=_keys.c.user_id.type),
    _keys.c.key == bindparam("key", type_=_keys.c.key.type),
)
_REPLAY = Statement(
    select(
        _keys.c.fingerprint,
        _keys.c.status,
        _keys.c.location,
        _keys.c.entity_stream_id,
        _keys.c.entity_id,
        _keys.c.entity_version,
        _keys.c.body,
        _keys.c.created_at,
        _events.c.entity_type,
        cast(_events.c.snapshot, Text).label("snapshot"),
    )
    .select_from(
        _keys.outerjoin(
            _events,
            and_(
                _events.c.stream_id == bindparam("stream_id", type_=_keys.c.stream_id.type),
                _keys.c.entity_stream_id == _events.c.stream_id,
                _events.c.entity_id == _keys.c.entity_id,
                _events.c.entity_version == _keys.c.entity_version,
            ),
        )
    )
    .where(*_THIS_KEY)
)
_VERSION = (
    _events.c.stream_id == bindparam("stream_id", type_=_events.c.stream_id.type),
    _events.c.entity_id == bindparam("entity_id", type_=_events.c.entity_id.type),
    _events.c.entity_version == bindparam("entity_version", type_=_events.c.entity_version.type),
)
_SHOWN = Statement(select(_events.c.entity_type, cast(_events.c.snapshot, Text).label("snapshot")).where(*_VERSION))
_FORGET = Statement(delete(_keys).where(*_THIS_KEY, _keys.c.created_at < bindparam("before", type_=_keys.c.created_at.type)))
_RECOVER = Statement(
    select(_events.c.entity_type, cast(_events.c.snapshot, Text).label("snapshot")).where(
        *_VERSION,
        _events.c.id == bindparam("id", type_=_events.c.id.type),
    )
)


class SqlCommandLog:
    """The record of one module's commands."""

    def __init__(self, database: Database, mappings: Iterable[Mapping[Any]]) -> None:
        self._database = database
        self._views = {mapping.aggregate.entity_type: mapping.view for mapping in mappings}

    async def replay(self, key: IdempotencyKey, now: datetime) -> Answer | None:
        place = {"stream_id": key.stream_id, "user_id": key.user_id, "key": key.key}
        record = await self._database.fetch_row(_REPLAY, place)
        if record is None:
            return None
        oldest = now - RETENTION
        if record["created_at"] < oldest:
            await self._database.fetch(_FORGET, {**place, "before": oldest})
            return None
        if not key.is_of(record["fingerprint"]):
            raise IdempotencyKeyReused
        body = record["body"] or self._shown(*await self._snapshot(key, record))
        reply = Reply(record["status"], record["location"])
        return Answer(reply, record["entity_version"], body, replayed=True, entity_id=record["entity_id"])

    async def _snapshot(self, key: IdempotencyKey, record: Record) -> tuple[str | None, str | None]:
        """The type of what is answered, and its snapshot. Where its log is not that of the key, it is read by itself."""
        stream_id = record["entity_stream_id"]
        found: Record | None = record
        if stream_id is not None and stream_id != key.stream_id:
            version = {name: record[name] for name in ("entity_id", "entity_version")}
            found = await self._database.fetch_row(_SHOWN, {"stream_id": stream_id, **version})
        return (found["entity_type"], found["snapshot"]) if found else (None, None)

    async def recover(self, locator: EventLocator) -> bytes | None:
        record = await self._database.fetch_row(
            _RECOVER,
            {
                "stream_id": locator.stream_id,
                "entity_id": locator.entity_id,
                "entity_version": locator.entity_version,
                "id": locator.event_id,
            },
        )
        return None if record is None else self._shown(record["entity_type"], record["snapshot"])

    def _shown(self, entity_type: str | None, snapshot: str | None) -> bytes:
        """A snapshot in the very bytes it was first answered in: the log keeps the values, the view their order.

        What a command changed in another module is no part of an answer.
        """
        view = self._views.get(entity_type) if entity_type else None
        return b"" if view is None or snapshot is None else encode(msgspec.json.decode(snapshot, type=view))
