"""When sessions and API tokens were last used: noted on the way, written down in the background."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ARRAY, DateTime, Table, Uuid, bindparam, column, func, or_, select, update

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
    used = (
        func.unnest(
            bindparam("user_ids", type_=ARRAY(Uuid())),
            bindparam("ids", type_=ARRAY(Uuid())),
            bindparam("at", type_=ARRAY(DateTime(timezone=True))),
        )
        .table_valued(column("user_id", Uuid()), column("id", Uuid()), column("at", DateTime(timezone=True)), name="used")
        .render_derived()
    )
    c = table.c
    free = (
        select(c.user_id, c.id, used.c.at)
        .join(used, (c.user_id == used.c.user_id) & (c.id == used.c.id))
        .where(or_(c.last_used_at.is_(None), c.last_used_at < used.c.at))
        .with_for_update(skip_locked=True, of=table)
        .cte("free")
    )
    return Statement(update(table).values(last_used_at=free.c.at).where(c.user_id == free.c.user_id, c.id == free.c.id))


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
            user_ids, ids = zip(*uses, strict=True)
            await self._database.fetch(statement, {"user_ids": list(user_ids), "ids": list(ids), "at": list(uses.values())})

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
