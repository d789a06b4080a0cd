"""Removing what is over: how a module says what that is, and the kernel's own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, bindparam, delete, func, literal, select, tuple_

from taskhub.kernel.infrastructure.event_log.command_log import RETENTION
from taskhub.kernel.infrastructure.event_log.tables import IdempotencyKeyRow, RateLimitHitRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

BATCH_SIZE = 1000
HIT_RETENTION = timedelta(minutes=10)
"""Longer than they count, and than clocks differ."""

_keys = table_of(IdempotencyKeyRow)
_expired_keys = (
    select(_keys.c.stream_id, _keys.c.user_id, _keys.c.key)
    .where(_keys.c.created_at < bindparam("before", type_=_keys.c.created_at.type))
    .limit(literal(BATCH_SIZE, Integer()))
    .with_for_update(skip_locked=True)
)
_deleted = (
    delete(_keys)
    .where(tuple_(_keys.c.stream_id, _keys.c.user_id, _keys.c.key).in_(_expired_keys))
    .returning(literal(1))
    .cte("gone")
)
_PURGE = Statement(select(func.count()).select_from(_deleted))

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


async def purge_idempotency_keys(database: Database, now: datetime) -> int:
    """Removes the keys of commands that are a day old."""
    removed = 0
    while count := (await database.fetch(_PURGE, {"before": now - RETENTION}))[0][0]:
        removed += count
    return removed


async def purge_rate_limit_hits(database: Database, now: datetime) -> int:
    """Removes what processes told that have ended; living ones remove their own."""
    return int((await database.fetch(_PURGE_HITS, {"before": now - HIT_RETENTION}))[0][0])


PURGES = (Purge("retry_keys", purge_idempotency_keys), Purge("rate_limit_hits", purge_rate_limit_hits))
