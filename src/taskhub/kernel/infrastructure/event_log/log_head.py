"""The head of a log as a text: another one after each commit to it, for the validators of lists."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    SelectBase,
    Text,
    Update,
    Uuid,
    bindparam,
    cast,
    extract,
    func,
    literal_column,
    select,
    true,
    update,
)

from taskhub.kernel.application.clock import Monotonic
from taskhub.kernel.application.shared_reads import SharedReads
from taskhub.kernel.infrastructure.event_log.tables import StreamRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.pages import LOG_HEAD
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

NO_LOG = "0"
"""The head of a log in which there is nothing."""

_streams = table_of(StreamRow).c
_microseconds = cast(extract("epoch", _streams.moved_at) * literal_column("1000000"), BigInteger)
# A database that was restored from a backup counts on from an older number: the instant tells the two apart.
_DOT = literal_column("'.'", Text())
_UTC = literal_column("'UTC'", Text())
_HEAD = (
    cast(_streams.last_seq, Text)
    .concat(_DOT)
    .concat(cast(_microseconds, Text))
    .concat(_DOT)
    .concat(cast(_streams.removed_until, Text))
)


def log_head(stream_id: BindParameter[UUID]) -> ColumnElement[str]:
    """The head of a log, as a column of the statement that reads rows: both are of one moment."""
    head = select(_HEAD).where(_streams.stream_id == stream_id).scalar_subquery()
    return func.coalesce(head, literal_column(f"'{NO_LOG}'", Text())).label(LOG_HEAD)


def with_log_head(page: SelectBase, stream_id: BindParameter[UUID]) -> Select[Any]:
    """A page with the head of the log beside each row; where the page is empty, a row without values beside it.

    A join with one row is a nested loop, which keeps the order of the page. To sort it again would cost as much as the head.
    """
    log, listed = select(log_head(stream_id)).subquery("log"), page.subquery("listed")
    return select(*listed.c, log.c[LOG_HEAD]).select_from(log.outerjoin(listed, true()))


def renew_head(stream_id: BindParameter[UUID], changed: CTE) -> Update:
    """Gives a log another head without an event, where rows were changed: lists are in another order than before."""
    # Without the time zone of the session: Citus lets no update depend on that.
    later = func.timezone(_UTC, func.timezone(_UTC, _streams.moved_at) + literal_column("interval '1 microsecond'"))
    return (
        update(table_of(StreamRow))
        .values(moved_at=later)
        .where(_streams.stream_id == stream_id, select(literal_column("1")).select_from(changed).exists())
    )


_HEADS = Statement(
    select(_streams.stream_id, _HEAD.label(LOG_HEAD)).where(
        _streams.stream_id == func.any(bindparam("stream_ids", type_=ARRAY(Uuid())))
    )
)


class SqlLogHeads:
    """Looks at the heads of logs: one look for all who have asked before it begins."""

    def __init__(self, database: Database, monotonic: Monotonic) -> None:
        self._database = database
        self._looks = SharedReads(self._look, monotonic)

    async def head(self, stream_id: UUID) -> str:
        """A text that is another one after each commit to the log.

        Raises:
            Unavailable, Busy
        """
        return await self._looks.get(stream_id) or NO_LOG

    async def _look(self, stream_ids: Collection[UUID]) -> dict[UUID, str]:
        rows = await self._database.fetch(_HEADS, {"stream_ids": [*stream_ids]})
        return {row[0]: row[1] for row in rows}
