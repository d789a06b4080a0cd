"""The counter of a log: taken last before commit, so that events have no gap and stand in the order of their commits."""

from typing import Any

from sqlalchemy import Select, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.expression import CTE

from taskhub.kernel.infrastructure.event_log.tables import StreamRow
from taskhub.kernel.infrastructure.postgres.rows import table_of

_streams = table_of(StreamRow)


def take_numbers(wanted: Select[Any]) -> CTE:
    """Takes numbers from the counter of one log. ``wanted`` is one row, or none: stream, how many, and now.

    The row that comes back holds the last of them as `last_seq`.
    """
    upsert = insert(_streams).from_select(["stream_id", "last_seq", "moved_at"], wanted)
    return (
        upsert.on_conflict_do_update(
            index_elements=[_streams.c.stream_id],
            set_={
                "last_seq": _streams.c.last_seq + upsert.excluded.last_seq,
                "moved_at": func.greatest(_streams.c.moved_at, upsert.excluded.moved_at),
            },
        )
        .returning(_streams.c.stream_id, _streams.c.last_seq)
        .cte("counter")
    )
