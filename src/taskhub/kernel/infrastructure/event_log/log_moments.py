"""Moments of a log: which event is the last one of an instant, and where its command ends."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Integer, Uuid, bindparam, case, func, literal, select

from taskhub.kernel.domain.errors import NotInLog
from taskhub.kernel.infrastructure.event_log.log_reader import LONGEST_COMMAND
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

_events, _streams = table_of(EventRow).c, table_of(StreamRow).c
_STREAM_ID = bindparam("stream_id", type_=Uuid())
_SEQ = bindparam("seq", type_=BigInteger())
_LAST_INSTANT = datetime.max.replace(tzinfo=UTC) - LONGEST_COMMAND


class LogMoments:
    """All methods raise `Unavailable` and `Busy`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def seq_at(self, stream_id: UUID, as_of: datetime | int) -> int:
        """As `Moments.seq_at` says.

        Raises:
            NotInLog
        """
        seq = await self._last_until(stream_id, as_of) if isinstance(as_of, datetime) else as_of
        removed_until, removed_before, last, end = await self._log_around(stream_id, seq)
        if isinstance(as_of, datetime) and removed_until:
            is_kept = removed_before is not None and as_of >= removed_before
        else:
            is_kept = seq > removed_until
        _check(is_kept, seq, last)
        return max(end, removed_until)

    async def require(self, stream_id: UUID, seq: int) -> None:
        """As `Moments.require` says.

        Raises:
            NotInLog
        """
        removed_until, _, last, _ = await self._log_around(stream_id, seq)
        _check(seq >= removed_until, seq, last)

    async def _log_around(self, stream_id: UUID, seq: int) -> tuple[int, datetime | None, int, int]:
        """Up to where the log was removed, and what that was older than; its last event, and that of the command of an event."""
        row = await self._database.fetch_row(_END_OF_COMMAND, {"stream_id": stream_id, "seq": seq})
        return (row[0], row[1], row[2], int(row[3])) if row else (0, None, 0, 0)

    async def _last_until(self, stream_id: UUID, instant: datetime) -> int:
        place = {"stream_id": stream_id, "instant": instant, "latest": min(instant, _LAST_INSTANT) + LONGEST_COMMAND}
        row = await self._database.fetch_row(_LAST_UNTIL, place)
        return int(row[0]) if row else 0


def _check(is_kept: bool, seq: int, last: int) -> None:
    if not is_kept:
        raise NotInLog("The log of the workspace begins later than this.")
    if seq > last:
        raise NotInLog(f"The log of the workspace has not come so far: its last event has the seq {last}.")


def _end_of_command() -> Statement:
    """The first event of each command tells that it is one: the command of an event ends before the next of these."""
    event = table_of(EventRow).alias("next_command").c
    following = select(event.seq - 1).where(event.stream_id == _STREAM_ID, event.seq > _SEQ, event.commit_seq.is_(None))
    end = following.order_by(event.seq).limit(literal(1, Integer())).scalar_subquery()
    begin = (_streams.removed_until, _streams.removed_before)
    found = select(*begin, _streams.last_seq, func.coalesce(end, _streams.last_seq))
    return Statement(found.where(_streams.stream_id == _STREAM_ID))


def _last_until() -> Statement:
    """Halves the log until it has found an event from shortly after the instant, and goes back from there.

    An event is of the moment when its command began, so those behind one that is later than the instant by more than a command
    takes are later than the instant as well.
    """
    instant = bindparam("instant", type_=DateTime(timezone=True))
    ends = select((_streams.removed_until + 1).label("low"), (_streams.last_seq + 1).label("high"))
    search = ends.where(_streams.stream_id == _STREAM_ID).cte("search", recursive=True)
    middle = func.div(search.c.low + search.c.high, literal(2, BigInteger())).cast(BigInteger())
    is_after = _events.occurred_at > bindparam("latest", type_=DateTime(timezone=True))
    half = (
        select(case((is_after, search.c.low), else_=middle + 1), case((is_after, middle), else_=search.c.high))
        .select_from(search.join(table_of(EventRow), (_events.stream_id == _STREAM_ID) & (_events.seq == middle)))
        .where(search.c.low < search.c.high)
    )
    search = search.union_all(half)
    end = select(func.min(search.c.high)).scalar_subquery()
    last = select(_events.seq).where(_events.stream_id == _STREAM_ID, _events.seq < end, _events.occurred_at <= instant)
    return Statement(last.order_by(_events.seq.desc()).limit(literal(1, Integer())))


_END_OF_COMMAND = _end_of_command()
_LAST_UNTIL = _last_until()
