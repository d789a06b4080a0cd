"""Removing what is over: how a module says what that is, and the kernel's own."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Table, bindparam, delete, func, literal, select

from taskhub.kernel.infrastructure.event_log.command_log import RETENTION
from taskhub.kernel.infrastructure.event_log.tables import IdempotencyKeyRow, RateLimitHitRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

BATCH_SIZE = 1000
HIT_RETENTION = timedelta(minutes=10)
"""Longer than they count, and than clocks differ."""

_keys = table_of(IdempotencyKeyRow)
_hits = table_of(RateLimitHitRow)
_old = delete(_hits).where(_hits.c.told_at < bindparam("before", type_=_hits.c.told_at.type)).returning(literal(1)).cte("old")
_PURGE_HITS = Statement(select(func.count()).select_from(_old))


@dataclass(frozen=True, slots=True)
class Purge:
    """One kind of thing that is removed when it is over, or tidied up otherwise.

    ``remove`` takes the instant up to which that is judged, works in batches so that no lock is held for long, may be broken off
    or run by several processes at once, and returns how many rows it was.
    """

    name: str
    remove: Callable[[Database, datetime], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class ExpiredRows:
    """Removes rows that were over longer ago than they are ``kept``, in batches, so that no lock is held for long.

    Rows are found in all streams, and then removed in each by a statement that names it.

    Attributes:
        find: a batch of them that were over ``before``: the columns that tell whose they are, the stream's first, and their id.
        remove: removes those of one owner, as far as they are still over: it takes these columns, ``ids`` and ``before``.
    """

    find: Statement
    remove: Statement
    kept: timedelta = timedelta(0)

    async def __call__(self, database: Database, now: datetime) -> int:
        """Returns how many rows it was.

        Raises:
            Unavailable, Busy
        """
        count, before = 0, now - self.kept
        while rows := await database.fetch(self.find, {"before": before}):
            # Sorted: processes that remove the same rows wait for each other in one order.
            shares = groupby(sorted(rows), key=itemgetter(slice(-1)))
            names = [*rows[0].keys()][:-1]
            removals = [
                {**dict(zip(names, owner, strict=True)), "ids": [row[-1] for row in share], "before": before}
                for owner, share in shares
            ]
            await database.execute_many(self.remove, removals)
            count += len(rows)
        return count


def expired_rows(table: Table, key: Sequence[str], over_at: str, kept: timedelta, *, batch: int = BATCH_SIZE) -> ExpiredRows:
    """``key``: the columns of a row's owner, and then its id. ``over_at``: the column with the instant at which it is over."""
    *owner, id = (table.c[name] for name in key)
    is_over = table.c[over_at] < bindparam("before", type_=table.c[over_at].type)
    this = (*(column == bindparam(column.name, type_=column.type) for column in owner), id == func.any(_array("ids", id)))
    return ExpiredRows(
        Statement(select(*owner, id).where(is_over).limit(literal(batch, Integer()))),
        Statement(delete(table).where(*this, is_over)),
        kept,
    )


def _array(name: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return bindparam(name, type_=ARRAY(column.type))


purge_idempotency_keys = expired_rows(_keys, ("stream_id", "user_id", "key"), "created_at", RETENTION)
"""Removes the keys of commands that are a day old."""


async def purge_rate_limit_hits(database: Database, now: datetime) -> int:
    """Removes what processes told that have ended; living ones remove their own."""
    return int((await database.fetch(_PURGE_HITS, {"before": now - HIT_RETENTION}))[0][0])


PURGES = (Purge("retry_keys", purge_idempotency_keys), Purge("rate_limit_hits", purge_rate_limit_hits))
