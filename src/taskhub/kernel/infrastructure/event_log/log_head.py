"""The head of a log as a text: another one after each commit to it, for the validators of lists."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    extract,
    func,
    literal_column,
    select,
    true,
)

from taskhub.kernel.infrastructure.event_log.tables import StreamRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.pages import LOG_HEAD
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

_streams = table_of(StreamRow).c
_microseconds = cast(extract("epoch", _streams.moved_at) * literal_column("1000000"), BigInteger)
# A database that was restored from a backup counts on from an older number: the instant tells the two apart.
_HEAD = cast(_streams.last_seq, Text).concat(literal_column("'.'", Text())).concat(cast(_microseconds, Text))


def log_head(stream_id: BindParameter[UUID]) -> ColumnElement[str]:
    """The head of a log, as a column of the statement that reads rows: both are of one moment."""
    head = select(_HEAD).where(_streams.stream_id == stream_id).scalar_subquery()
    return func.coalesce(head, literal_column("'0'", Text())).label(LOG_HEAD)


def with_log_head(page: Select[Any], stream_id: BindParameter[UUID]) -> Select[Any]:
    """A page with the head of the log beside each row; where the page is empty, a row without values beside it.

    A join with one row is a nested loop, which keeps the order of the page. To sort it again would cost as much as the head.
    """
    log, listed = select(log_head(stream_id)).subquery("log"), page.subquery("listed")
    return select(*listed.c, log.c[LOG_HEAD]).select_from(log.outerjoin(listed, true()))


_STREAM_ID = bindparam("stream_id", type_=Uuid())
_ONE = Statement(select(log_head(_STREAM_ID)))


class SqlLogHeads:
    """Raises `Unavailable` and `Busy`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def head(self, stream_id: UUID) -> str:
        (row,) = await self._database.fetch(_ONE, {"stream_id": stream_id})
        return str(row[0])
