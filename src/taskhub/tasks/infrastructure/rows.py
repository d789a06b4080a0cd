"""The tables of projects and tasks."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import JSON, Computed, Index, LargeBinary, PrimaryKeyConstraint, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from taskhub.kernel.infrastructure.postgres.rows import Row, SoftDeleted, Timestamped, Versioned


class ProjectRow(Versioned, Timestamped, SoftDeleted, Row):
    """``last_number`` is the number of the newest task. ``last_place`` is the place at the end that was given last, and counts
    whatever gives a task a rank. Both move without touching the version. ``sort_key`` is what names are sorted by: empty where a
    process of a former version wrote one.
    """

    __tablename__ = "projects"
    distributed_by = "workspace_id"
    __table_args__ = (
        Index("uq_projects_workspace_id_key", "workspace_id", "key", unique=True),
        Index("ix_projects_name", "workspace_id", "sort_key", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text(collation="C"))
    name: Mapped[str]
    sort_key: Mapped[str] = mapped_column(Text(collation="C"), server_default="")
    description: Mapped[str | None]
    workflow: Mapped[str] = mapped_column(JSON)
    archived_at: Mapped[datetime | None]
    created_by_id: Mapped[UUID]
    purged_at: Mapped[datetime | None]
    last_number: Mapped[int] = mapped_column(server_default=text("0"))
    last_place: Mapped[int] = mapped_column(server_default=text("0"))


class TaskRow(Versioned, Timestamped, SoftDeleted, Row):
    """``ix_tasks_live`` holds all that lists filter by, so that a list looks at rows only to show them (decision 7). Who waits
    for whom is told by ``ix_tasks_blocked``, and whether that is over by the primary key.

    ``words`` is what ``q`` searches in; ``due_ends_at`` the instant that a due date is sorted and filtered by; ``rank`` the place
    in the project, also of a task in the trash.
    """

    __tablename__ = "tasks"
    distributed_by = "workspace_id"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "id", postgresql_include=["closed_at", "deleted_at"]),
        Index("uq_tasks_workspace_id_project_key_number", "workspace_id", "project_key", "number", unique=True),
        Index("uq_tasks_workspace_id_project_key_rank", "workspace_id", "project_key", "rank", unique=True),
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
                "label_ids",
                "parent_id",
                "rank",
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
        Index("ix_tasks_parent", "workspace_id", "parent_id", postgresql_where=text("parent_id IS NOT NULL")),
        Index(
            "ix_tasks_blocked",
            "workspace_id",
            "id",
            postgresql_include=["blocked_by_ids"],
            postgresql_where=text("cardinality(blocked_by_ids) > 0"),
        ),
        Index("ix_tasks_trash", "workspace_id", "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),
        # Without a list of pending entries: every search would read it, and whoever fills it up would wait until it is sorted in.
        Index(
            "ix_tasks_words",
            "words",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(
            "ix_tasks_labels_assignees",
            "label_ids",
            "assignee_ids",
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
    label_ids: Mapped[list[UUID]]
    parent_id: Mapped[UUID | None]
    blocked_by_ids: Mapped[list[UUID]]
    external_keys: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    rank: Mapped[str] = mapped_column(Text(collation="C"))
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


class FormerKeyRow(Row):
    """A key that a task had before it went over to another project: it goes on naming the task."""

    __tablename__ = "former_keys"
    distributed_by = "workspace_id"
    __table_args__ = (Index(None, "workspace_id", "task_id"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    project_key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    task_id: Mapped[UUID]


class ExternalKeyRow(Row):
    """Which task has an external key, or had it when it was purged. ``digest``: SHA-256 of the key, whose text stands in the task
    alone, so that it is gone with the task.
    """

    __tablename__ = "external_keys"
    distributed_by = "workspace_id"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    task_id: Mapped[UUID]


class FormerPlaceRow(Row):
    """The rank that a task had before it was moved. ``version``: the one that the task has by that move."""

    __tablename__ = "former_places"
    distributed_by = "workspace_id"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rank: Mapped[str] = mapped_column(Text(collation="C"))


class LabelRow(Versioned, Timestamped, Row):
    """``folded_name`` is what names are compared by, ``sort_key`` what they are sorted by, as in projects."""

    __tablename__ = "labels"
    distributed_by = "workspace_id"
    __table_args__ = (
        Index("uq_labels_workspace_id_folded_name", "workspace_id", "folded_name", unique=True),
        Index("ix_labels_name", "workspace_id", "sort_key", "id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(Text(collation="C"))
    sort_key: Mapped[str] = mapped_column(Text(collation="C"), server_default="")
    color: Mapped[str]


class CommentRow(Versioned, Timestamped, SoftDeleted, Row):
    """The row of a deleted comment stays, emptied: it tells which events belong to the history of the task."""

    __tablename__ = "comments"
    distributed_by = "workspace_id"
    __table_args__ = (Index("ix_comments_task", "workspace_id", "task_id", "created_at", "id"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    task_id: Mapped[UUID]
    author_id: Mapped[UUID]
    body: Mapped[str]
    mentioned_ids: Mapped[list[UUID]]
    edited_at: Mapped[datetime | None]
