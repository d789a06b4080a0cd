"""Rows and their log, as the service would have written them, sent by COPY."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from taskhub.kernel.contract.event_content import SCHEMA
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.infrastructure.unit_of_work.changes import encode
from taskhub.kernel.infrastructure.unit_of_work.differences import changes_between
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping

EVENT_COLUMNS = (
    "stream_id",
    "seq",
    "id",
    "type",
    "schema",
    "entity_type",
    "entity_id",
    "entity_version",
    "occurred_at",
    "changes",
    "snapshot",
    "actor_id",
    "request_id",
)

Row = tuple[Any, ...]


class Copying:
    """Collects rows by table, and events with their numbers, until they are sent."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._events: list[Row] = []
        self._seqs: dict[UUID, int] = defaultdict(int)

    def keep(self, mapping: Mapping[Any], aggregate: Aggregate, actor_id: UUID | None) -> None:
        """A new thing with its event."""
        self.add_row(mapping, aggregate)
        self.log(mapping, aggregate, actor_id)

    def add_row(self, mapping: Mapping[Any], aggregate: Aggregate, *further: Any) -> None:
        self._rows[mapping.name].append((*mapping.to_row(aggregate), *further))

    def log(
        self, mapping: Mapping[Any], aggregate: Aggregate, actor_id: UUID | None, before: msgspec.Struct | None = None
    ) -> None:
        view = mapping.represent(aggregate)
        changes = changes_between(before, view)
        self._seqs[aggregate.stream_id] += 1
        self._events.append(
            (
                aggregate.stream_id,
                self._seqs[aggregate.stream_id],
                new_id(),
                aggregate.event,
                SCHEMA,
                aggregate.entity_type,
                aggregate.id,
                aggregate.version,
                aggregate.updated_at,
                encode(changes if mapping.logs_values else dict.fromkeys(changes)).decode(),
                encode(view).decode() if mapping.logs_values else None,
                actor_id,
                None,
            )
        )

    async def send(self, *mappings: Mapping[Any], further: Iterable[str] = ()) -> None:
        """Sends the rows of these, and all events. ``further``: the columns that `add_row` was given beyond the mapping's."""
        for mapping in mappings:
            await self._copy(mapping.name, [*mapping.column_names, *further], self._rows.pop(mapping.name, []))
        events, self._events = self._events, []
        await self._copy("events", EVENT_COLUMNS, events)

    async def send_counters(self, moved_at: datetime) -> None:
        """How far each log has come, and when it moved last."""
        counters = [(stream_id, seq, moved_at) for stream_id, seq in self._seqs.items()]
        await self._copy("event_streams", ("stream_id", "last_seq", "moved_at"), counters)

    async def _copy(self, table: str, columns: Iterable[str], rows: list[Row]) -> None:
        await self._connection.copy_records_to_table(table, columns=columns, records=rows)
