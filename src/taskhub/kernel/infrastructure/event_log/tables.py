"""The kernel's own tables: the event log, its counters, and the record of retried commands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, Integer, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskhub.kernel.infrastructure.postgres.rows import Row


class StreamRow(Row):
    """The counter of one log: taken last before commit, so that numbers have no gap and stand in commit order.

    The log is kept from after ``removed_until`` on. What is not kept any more was older than ``removed_before``.
    """

    __tablename__ = "event_streams"
    distributed_by = "stream_id"
    __table_args__ = {"postgresql_with": {"fillfactor": 50}}

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    moved_at: Mapped[datetime]
    removed_until: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    removed_before: Mapped[datetime | None]


class EventRow(Row):
    """One event. ``commit_seq``: the ``seq`` of the first event of the same command; null for that one itself.

    The index of versions has ``seq``, so that it tells alone which version a thing had at a moment. What is gone has no snapshot.
    """

    __tablename__ = "events"
    distributed_by = "stream_id"
    __table_args__ = (
        Index(None, "stream_id", "entity_id", "entity_version", unique=True, postgresql_include=["seq"]),
        Index("ix_events_gone", "stream_id", "entity_type", "seq", postgresql_where=text("snapshot IS NULL")),
    )

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[UUID]
    type: Mapped[str]
    schema: Mapped[int]
    entity_type: Mapped[str]
    entity_id: Mapped[UUID]
    entity_version: Mapped[int]
    actor_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    request_id: Mapped[str | None]
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    snapshot: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    commit_seq: Mapped[int | None] = mapped_column(BigInteger)


class IdempotencyKeyRow(Row):
    """A committed command with an `Idempotency-Key`, for a day.

    ``body`` is kept only where the log holds no snapshot to show again.
    """

    __tablename__ = "retry_keys"
    distributed_by = "stream_id"
    # For the purge: as good as free to write, since keys are only ever added at the end.
    __table_args__ = (Index(None, "created_at", postgresql_using="brin"),)

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int]
    location: Mapped[str | None]
    entity_stream_id: Mapped[UUID | None]
    entity_id: Mapped[UUID | None]
    entity_version: Mapped[int | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class SubscriptionRow(Row):
    """How far a subscriber has come in one log. ``failures`` counts at the event after ``position``, to be tried again at
    ``retry_at``.
    """

    __tablename__ = "subscriptions"
    distributed_by = "stream_id"

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    subscriber: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    failures: Mapped[int]
    retry_at: Mapped[datetime | None]


class ParkedEventRow(Row):
    """An event that a subscriber could not handle and went past; somebody has to look."""

    __tablename__ = "parked_events"
    distributed_by = "stream_id"

    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    subscriber: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    error: Mapped[str]
    parked_at: Mapped[datetime]


class RateLimitHitRow(Row):
    """What one process admitted in a moment, for the others to count along; of no use after a minute.

    Not logged: after a crash of the database, or on the server that takes its place, counting begins anew.
    """

    __tablename__ = "rate_limit_hits"
    distributed_by = None
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    process_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    told_at: Mapped[datetime]
    subjects: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary))
    counts: Mapped[list[int]] = mapped_column(ARRAY(Integer))


ROWS = (StreamRow, EventRow, IdempotencyKeyRow, SubscriptionRow, ParkedEventRow, RateLimitHitRow)
