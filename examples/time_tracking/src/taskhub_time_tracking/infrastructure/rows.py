"""The table of time entries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column
from taskhub.kernel.infrastructure.postgres.rows import Row, Timestamped, Versioned


class TimeEntryRow(Versioned, Timestamped, Row):
    """``uq_time_entries_running`` is the rule that a member has one running entry in a workspace. The workspace leads every key
    and index, as in all tables of workspaces, so the rule can't reach beyond it.
    """

    __tablename__ = "time_entries"
    distributed_by = "workspace_id"
    __table_args__ = (
        Index("uq_time_entries_running", "workspace_id", "user_id", unique=True, postgresql_where=text("stopped_at IS NULL")),
        Index("ix_time_entries_started", "workspace_id", "started_at", "id"),
        Index("ix_time_entries_task", "workspace_id", "task_id", "started_at", "id"),
        Index("ix_time_entries_user", "workspace_id", "user_id", "started_at", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    user_id: Mapped[UUID]
    note: Mapped[str | None]
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
