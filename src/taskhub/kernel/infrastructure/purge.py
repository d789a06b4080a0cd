"""Removing what is over: how a module says what that is, and the kernel's own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, delete, func, literal, select, tuple_

from taskhub.kernel.infrastructure.event_log.command_log import KEPT
from taskhub.kernel.infrastructure.event_log.tables import RateLimitHitRow, RetryKeyRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

AT_ONCE = 1000
HITS_KEPT = timedelta(minutes=10)
"""Longer than they count, and than clocks differ."""

_keys = table_of(RetryKeyRow)
_spent = (
    select(_keys.c.stream_id, _keys.c.user_id, _keys.c.key)
    .where(_keys.c.created_at < bindparam("before", type_=_keys.c.created_at.type))
    .limit(literal(AT_ONCE, Integer()))
    .with_for_update(skip_locked=True)
)
_gone = delete(_keys).where(tuple_(_keys.c.stream_id, _keys.c.user_id, _keys.c.key).in_(_spent)).returning(literal(1)).cte("gone")
_PURGE = Statement(select(func.count()).select_from(_gone))

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


async def purge_retry_keys(database: Database, now: datetime) -> int:
    """Removes the keys of commands that are a day old."""
    removed = 0
    while count := (await database.fetch(_PURGE, {"before": now - KEPT}))[0][0]:
        removed += count
    return removed


async def purge_rate_limit_hits(database: Database, now: datetime) -> int:
    """Removes what processes told that have ended; living ones remove their own."""
    return int((await database.fetch(_PURGE_HITS, {"before": now - HITS_KEPT}))[0][0])


PURGES = (Purge("retry_keys", purge_retry_keys), Purge("rate_limit_hits", purge_rate_limit_hits))
