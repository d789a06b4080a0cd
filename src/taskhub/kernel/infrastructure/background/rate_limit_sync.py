"""Limits are counted by each process, and told to the others through the database: in one statement every now and then, and only
by those who have something to tell. Who counts nothing hears nothing: it catches up as soon as it counts.
"""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    Uuid,
    and_,
    bindparam,
    column,
    delete,
    extract,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert

from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.application.sliding_windows import WINDOW_SECONDS, SlidingWindows
from taskhub.kernel.infrastructure.event_log.tables import RateLimitHitRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

SEND_SECONDS = 0.4
"""Told so long after they happened, and heard so long after that, hits are known everywhere within a second."""

log = structlog.get_logger("taskhub.limits")

_hits = table_of(RateLimitHitRow)
_ME = bindparam("process_id", type_=Uuid())
# Citus refuses to delete by a function that is volatile, as `clock_timestamp` is.
_NOW = func.statement_timestamp(type_=DateTime(timezone=True))
_WINDOW_AGO = func.statement_timestamp() - text(f"interval '{WINDOW_SECONDS:.0f} s'")
_SENT: tuple[ColumnElement[Any], ...] = (
    _ME,
    bindparam("number", type_=BigInteger()),
    _NOW,
    bindparam("subjects", type_=ARRAY(LargeBinary())),
    bindparam("counts", type_=ARRAY(Integer())),
)
_columns = ["process_id", "number", "told_at", "subjects", "counts"]
_sent = insert(_hits).from_select(_columns, select(*_SENT)).on_conflict_do_nothing().cte("told")  # It may be sent twice.
_over = delete(_hits).where(_hits.c.process_id == _ME, _hits.c.told_at < _WINDOW_AGO).cte("over")
_received = (
    func.unnest(bindparam("processes", type_=ARRAY(Uuid())), bindparam("numbers", type_=ARRAY(BigInteger())))
    .table_valued(column("process_id", Uuid()), column("number", BigInteger()), name="heard")
    .render_derived()
)
_EXCHANGE = Statement(
    select(
        _hits.c.process_id,
        _hits.c.number,
        extract("epoch", _NOW - _hits.c.told_at).label("seconds_ago"),
        _hits.c.subjects,
        _hits.c.counts,
    )
    .select_from(_hits.outerjoin(_received, _received.c.process_id == _hits.c.process_id))
    .where(
        and_(
            _hits.c.process_id != _ME,
            _hits.c.told_at > _WINDOW_AGO,
            _hits.c.number > func.coalesce(_received.c.number, literal(-1, Integer())),
        )
    )
    .add_cte(_sent, _over)
)


class RateLimitSync:
    """Tells the other processes what this one counted, and counts what they tell. Where the database is away it counts alone."""

    def __init__(self, database: Database, windows: SlidingWindows) -> None:
        self._database = database
        self._windows = windows
        self._process_id = uuid4()
        self._number = 0
        self._received: dict[UUID, int] = {}
        """The last that was heard of each process: each tells in order, one after the other."""

    async def exchange(self) -> None:
        """Tells and hears. What can't be told is forgotten: told later it would count as having happened later.

        Raises:
            Unavailable, Busy
        """
        pending = self._windows.take_pending_hits()
        self._number += 1
        rows = await self._database.fetch(
            _EXCHANGE,
            {
                "process_id": self._process_id,
                "number": self._number,
                "subjects": list(pending),
                "counts": list(pending.values()),
                "processes": list(self._received),
                "numbers": list(self._received.values()),
            },
        )
        for process_id, number, seconds_ago, subjects, counts in rows:
            self._received[process_id] = max(number, self._received.get(process_id, 0))
            for key, count in zip(subjects, counts, strict=True):
                self._windows.add(key, count, seconds_ago=float(seconds_ago))

    async def run(self) -> None:
        """Works until cancelled. After something was told it listens once more, for what happened elsewhere at the same time."""
        is_listening = False
        while True:
            await asyncio.sleep(SEND_SECONDS)
            self._windows.drop_expired()
            has_sent = self._windows.has_pending_hits
            if has_sent or is_listening:
                await self._try_to_exchange()
            is_listening = has_sent

    async def _try_to_exchange(self) -> None:
        try:
            await self.exchange()
        except (Unavailable, Busy):
            log.warning("limits are counted by this process alone: the database does not answer")
        except Exception:
            log.exception("limits are counted by this process alone")
