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
    """``ix_tasks_live`` holds all that lists filter by, so that a list looks at rows only to show them (decision 7).

    ``words`` is what ``q`` searches in; ``due_ends_at`` the instant that a due date is sorted and filtered by.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("uq_tasks_workspace_id_project_key_number", "workspace_id", "project_key", "number", unique=True),
        Index(
            "ix_tasks_live",
            "workspace_id",
            "created_at",
            "id",
            postgresql_include=[
                "project_id",
                "project_key",
                "number",
                "status",
                "status_category",
                "priority",
                "assignee_ids",
                "due_ends_at",
                "closed_at",
                "updated_at",
            ],
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_tasks_updated", "workspace_id", "updated_at", "id", postgresql_where=text("deleted_at IS NULL")),
        Index(
            "ix_tasks_due",
            "workspace_id",
            text("COALESCE(due_ends_at, 'infinity'::timestamp with time zone)"),
            "id",
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_tasks_priority", "workspace_id", "priority", "id", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_tasks_trash", "workspace_id", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        # Without a list of pending entries: every search would read it, and whoever fills it up would wait until it is sorted in.
        Index(
            "ix_tasks_words",
            "words",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            postgresql_where=text("deleted_at IS NULL"),
        ),
        # An index tells alone what is there only where VACUUM has been: it is to come when 2 % are new, instead of 20 %.
        {"postgresql_with": {"autovacuum_vacuum_scale_factor": 0.02, "autovacuum_vacuum_insert_scale_factor": 0.02}},
    )

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
