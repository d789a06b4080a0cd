"""The tables of users, sessions and API tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from taskhub.kernel.infrastructure.postgres.rows import Row, SoftDeleted, Timestamped, Versioned


class UserRow(Versioned, Timestamped, SoftDeleted, Row):
    """``deleted_at``: the account is closed, and the row holds nothing personal any more."""

    __tablename__ = "users"
    distributed_by = None
    __table_args__ = (Index("uq_users_email_key", "email_key", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None]
    email_key: Mapped[str | None]
    name: Mapped[str]
    time_zone: Mapped[str]
    password_hash: Mapped[str | None]
    password_number: Mapped[int]


class SessionRow(Versioned, Timestamped, Row):
    """``last_used_at`` is written now and then, beside the version: null until the first time."""

    __tablename__ = "sessions"
    distributed_by = "user_id"
    __table_args__ = (Index(None, "expires_at"),)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_agent: Mapped[str | None]
    refresh_digest: Mapped[str]
    spent_digests: Mapped[list[str]] = mapped_column(ARRAY(Text))
    spent_at: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class ApiTokenRow(Versioned, Timestamped, Row):
    """``last_used_at``: as with sessions."""

    __tablename__ = "api_tokens"
    distributed_by = None
    __table_args__ = (Index("uq_api_tokens_digest", "digest", unique=True), Index(None, "expires_at"))

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    workspace_id: Mapped[UUID | None]
    expires_at: Mapped[datetime | None]
    digest: Mapped[str]
    last_used_at: Mapped[datetime | None]


class SignInAddressRow(Row):
    """An address that an account was signed in to from, as a digest under the server's secret."""

    __tablename__ = "sign_in_addresses"
    distributed_by = None
    __table_args__ = (Index(None, "last_at"),)

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    last_at: Mapped[datetime]
