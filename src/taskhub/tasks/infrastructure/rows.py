"""The tables of projects and tasks."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import Computed, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from taskhub.kernel.infrastructure.rows import Row, SoftDeleted, Timestamped, Versioned


class ProjectRow(Versioned, Timestamped, SoftDeleted, Row):
    """``last_number`` is the number of the newest task; it moves without touching the version."""

    __tablename__ = "projects"
    __table_args__ = (Index("uq_projects_workspace_id_key", "workspace_id", "key", unique=True),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    description: Mapped[str | None]
    archived_at: Mapped[datetime | None]
    created_by_id: Mapped[UUID]
    purged_at: Mapped[datetime | None]
    last_number: Mapped[int] = mapped_column(server_default=text("0"))


class TaskRow(Versioned, Timestamped, SoftDeleted, Row):
    __tablename__ = "tasks"
    __table_args__ = (Index("uq_tasks_workspace_id_project_key_number", "workspace_id", "project_key", "number", unique=True),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    project_id: Mapped[UUID]
    project_key: Mapped[str] = mapped_column(Text(collation="C"))
    number: Mapped[int]
    title: Mapped[str]
    description: Mapped[str | None]
    status: Mapped[str]
    status_category: Mapped[str]
    priority: Mapped[int] = mapped_column(SmallInteger)
    assignee_ids: Mapped[list[UUID]]
    due_date: Mapped[date | None]
    due_time: Mapped[time | None]
    due_time_zone: Mapped[str | None]
    due_at: Mapped[datetime | None]
    due_ends_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_by_id: Mapped[UUID]
    trashed_with: Mapped[UUID | None]
    words: Mapped[str] = mapped_column(
        TSVECTOR, Computed("task_words(workspace_id, project_key, number, title, description)", persisted=True)
    )
