"""Reads the event log of a workspace, and checks that its events are what this module declares."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Text, bindparam, cast, select
from taskhub.kernel.infrastructure.event_log.tables import EventRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

from taskhub_time_tracking.module import module

_events = table_of(EventRow).c
_LOG = Statement(
    select(
        _events.type,
        _events.entity_id,
        cast(_events.changes, Text).label("changes"),
        cast(_events.snapshot, Text).label("snapshot"),
    )
    .where(_events.stream_id == bindparam("stream_id", type_=_events.stream_id.type))
    .order_by(_events.seq)
)


async def own_events(database: Database, workspace_id: str) -> list[dict[str, Any]]:
    """The events of this module, each of which has to be what it declares."""
    records = await database.fetch(_LOG, {"stream_id": UUID(workspace_id)})
    return [_checked(record["type"], record) for record in records if record["type"] in module.events]


def _checked(type: str, record: Any) -> dict[str, Any]:
    content = {part: msgspec.json.decode(record[part] or "null") for part in ("changes", "snapshot")}
    msgspec.convert(content, module.events[type], strict=True)
    return {"type": type, "id": str(record["entity_id"]), **content}
