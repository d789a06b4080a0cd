"""The tables of webhooks, of how far they have followed the log, and of what is delivered to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from taskhub.kernel.infrastructure.postgres.rows import Row, Timestamped, Versioned


class WebhookRow(Versioned, Timestamped, Row):
    """``secret`` and ``former_secrets`` are encrypted."""

    __tablename__ = "webhooks"
    distributed_by = "workspace_id"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    types: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    description: Mapped[str | None]
    active: Mapped[bool]
    disabled_reason: Mapped[str | None]
    secret: Mapped[str]
    former_secrets: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    former_secrets_expire_at: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    former_secret_expires_at: Mapped[datetime | None]
    created_by_id: Mapped[UUID]


class WebhookQueueRow(Row):
    """What changes with every delivery, and so is no part of the webhook. Whoever adds or claims deliveries locks it.

    Attributes:
        position: the ``seq`` up to which deliveries were made of the log.
        is_full: whether the log goes on, but too many deliveries wait.
        is_paused: whether the workspace is deleted, so that nothing is delivered; an operator may restore it.
        due_at: not later than the first of its deliveries is due; None where none waits.
        failing_since: the first failure since the last success.
        held_until: nothing is sent before, because the receiver asked for that.
    """

    __tablename__ = "webhook_queues"
    distributed_by = "workspace_id"
    __table_args__ = {"postgresql_with": {"fillfactor": 50}}

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    webhook_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    is_full: Mapped[bool]
    is_paused: Mapped[bool]
    due_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    held_until: Mapped[datetime | None]


class WebhookDeliveryRow(Row):
    """One event for one webhook.

    Attributes:
        event_id: the id of the message, which is that of the event.
        seq: of the event; None for a test.
        body: what is sent, the same at every try.
        status: a `DeliveryStatus`.
        failures: since it was made, or made due again.
        attempts: a list of `AttemptView`, the last ones.
        next_try_at: when it is due; None where it is finished.
        claimed_until: until then a process has it to itself.
    """

    __tablename__ = "webhook_deliveries"
    distributed_by = "workspace_id"
    __table_args__ = (
        Index("ix_webhook_deliveries_pending", "workspace_id", "webhook_id", "next_try_at", postgresql_where=text("status = 0")),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    webhook_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    seq: Mapped[int | None] = mapped_column(BigInteger)
    type: Mapped[str]
    body: Mapped[str]
    status: Mapped[int] = mapped_column(SmallInteger)
    failures: Mapped[int]
    attempts: Mapped[list[Any]] = mapped_column(JSONB)
    next_try_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
