"""Removing what is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, Table, bindparam, delete, literal, select, tuple_

from taskhub.kernel.infrastructure.background.purge import Purge
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.users.infrastructure.mappings import API_TOKENS, SESSIONS
from taskhub.users.infrastructure.sign_in_addresses import RETENTION, expired

BATCH_SIZE = 500
TOKEN_RETENTION = timedelta(days=30)
"""How long an expired API token is still listed, so that its owner sees why a program stopped working."""


def _expired(table: Table) -> Statement:
    c = table.c
    over = (
        select(c.user_id, c.id)
        .where(c.expires_at < bindparam("before", type_=DateTime(timezone=True)))
        .limit(literal(BATCH_SIZE))
        .with_for_update(skip_locked=True)
        .cte("over")
    )
    return Statement(delete(table).where(tuple_(c.user_id, c.id).in_(select(over.c.user_id, over.c.id))).returning(c.id))


@dataclass(frozen=True)
class ExpiredRows:
    """Removes rows that expired longer ago than they are ``kept``, in batches, so that no lock is held for long."""

    statement: Statement
    kept: timedelta

    async def __call__(self, database: Database, now: datetime) -> int:
        """Returns how many rows went."""
        count = 0
        while gone := await database.fetch(self.statement, {"before": now - self.kept}):
            count += len(gone)
        return count


PURGES = (
    Purge("expired_sessions", ExpiredRows(_expired(SESSIONS.table), timedelta(0))),
    Purge("expired_api_tokens", ExpiredRows(_expired(API_TOKENS.table), TOKEN_RETENTION)),
    Purge("sign_in_addresses", ExpiredRows(expired(BATCH_SIZE), RETENTION)),
)
