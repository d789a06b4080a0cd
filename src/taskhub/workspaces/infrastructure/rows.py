"""The tables of workspaces, members and invitations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from taskhub.kernel.infrastructure.postgres.rows import Row, SoftDeleted, Timestamped, Versioned


class WorkspaceRow(Versioned, Timestamped, SoftDeleted, Row):
    __tablename__ = "workspaces"
    distributed_by = "id"
    __table_args__ = (Index(None, "deleted_at", postgresql_where=text("deleted_at IS NOT NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    time_zone: Mapped[str]


class MemberRow(Versioned, Row):
    """``left_at`` is set for former members: they are kept, so that coming back continues the version."""

    __tablename__ = "members"
    distributed_by = "workspace_id"
    __table_args__ = (
        Index(None, "workspace_id", "joined_at", "user_id", postgresql_where=text("left_at IS NULL")),
        Index(None, "workspace_id", "left_at", "user_id", postgresql_where=text("left_at IS NOT NULL")),
        # "My workspaces" is asked across all of them.
        Index(None, "user_id", "workspace_id", postgresql_where=text("left_at IS NULL")),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[int] = mapped_column(SmallInteger)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class InvitationRow(Versioned, Timestamped, Row):
    """``digest`` is the hash of the token's secret."""

    __tablename__ = "invitations"
    distributed_by = "workspace_id"

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[int] = mapped_column(SmallInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_by_id: Mapped[UUID]
    expires_at: Mapped[datetime]
    spent_at: Mapped[datetime | None]
