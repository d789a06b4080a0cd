"""When sessions and API tokens were last used: noted on the way, written down in the background."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import DateTime, Table, Uuid, bindparam, or_, select, update

from taskhub.kernel.application.due_work import Pending
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.users.infrastructure.mappings import API_TOKENS, SESSIONS

RESOLUTION = timedelta(minutes=1)
"""A use so soon after the last one that was written down is not worth a write."""
FLUSH_SECONDS = 5.0

_At = dict[tuple[UUID, UUID], datetime]
log = structlog.get_logger("taskhub.users")


def _write(table: Table) -> Statement:
    """Rows that somebody is changing are passed over: their next use will do, and nobody waits for anybody."""
    c, at = table.c, bindparam("at", type_=DateTime(timezone=True))
    this = (c.user_id == bindparam("of_user", type_=Uuid()), c.id == bindparam("of_id", type_=Uuid()))
    is_later = or_(c.last_used_at.is_(None), c.last_used_at < at)
    free = select(c.id).where(*this, is_later).with_for_update(skip_locked=True).cte("free")
    return Statement(update(table).values(last_used_at=at).where(*this, c.id == free.c.id))


_WRITE_SESSIONS, _WRITE_TOKENS = _write(SESSIONS.table), _write(API_TOKENS.table)


class LastUse:
    """Collects uses, as `DueWork`: ``run`` writes them down every few seconds; what came after that is lost with the process."""

    name = "users.last_use"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sessions: _At = {}
        self._tokens: _At = {}

    def session(self, user_id: UUID, id: UUID, known: datetime | None, now: datetime) -> None:
        """``known``: the last use that is written down."""
        self._note(self._sessions, user_id, id, known, now)

    def token(self, user_id: UUID, id: UUID, known: datetime | None, now: datetime) -> None:
        self._note(self._tokens, user_id, id, known, now)

    def _note(self, uses: _At, user_id: UUID, id: UUID, known: datetime | None, now: datetime) -> None:
        if known is None or now - known >= RESOLUTION:
            uses[(user_id, id)] = now

    async def catch_up(self) -> None:
        await self.flush()

    async def pending(self) -> Sequence[Pending]:
        uses = len(self._sessions) + len(self._tokens)
        return [Pending(f"{uses} uses are to be written down")] if uses else []

    async def flush(self) -> None:
        """Raises:
        Unavailable, Busy: nothing is lost but these uses.
        """
        sessions, self._sessions = self._sessions, {}
        tokens, self._tokens = self._tokens, {}
        await self._write(_WRITE_SESSIONS, sessions)
        await self._write(_WRITE_TOKENS, tokens)

    async def _write(self, statement: Statement, uses: _At) -> None:
        if uses:
            rows = [{"of_user": user_id, "of_id": id, "at": at} for (user_id, id), at in uses.items()]
            await self._database.execute_many(statement, rows)

    async def run(self) -> None:
        """Works until cancelled, and then once more."""
        try:
            while True:
                await asyncio.sleep(FLUSH_SECONDS)
                await self._try_to_flush()
        finally:
            await self._try_to_flush()

    async def _try_to_flush(self) -> None:
        try:
            await self.flush()
        except (Unavailable, Busy):
            log.warning("last uses were not written down: the database does not answer")
        except Exception:
            log.exception("last uses were not written down")
