"""The counter of a log: taken last before commit, so that events have no gap and stand in the order of their commits."""

from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.sql.dml import ReturningInsert

from taskhub.kernel.infrastructure.event_log.tables import StreamRow
from taskhub.kernel.infrastructure.postgres.rows import table_of

_streams = table_of(StreamRow)
NUMBERED = ["stream_id", "last_seq", "moved_at"]


def take_numbers(wanted: Insert, *told: ColumnElement[Any]) -> ReturningInsert[Any]:
    """Takes numbers from the counter of one log. ``wanted`` inserts one row, or none: stream, how many, and now (`NUMBERED`).

    The row that comes back holds the last of them as `last_seq`; or what is to be ``told``.
    """
    return wanted.on_conflict_do_update(
        index_elements=[_streams.c.stream_id],
        set_={
            "last_seq": _streams.c.last_seq + wanted.excluded.last_seq,
            "moved_at": func.greatest(_streams.c.moved_at, wanted.excluded.moved_at),
        },
    ).returning(*(told or (_streams.c.stream_id, _streams.c.last_seq)))
