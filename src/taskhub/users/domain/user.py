"""A user: an account that somebody signs in to."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.users.domain.email import EmailAddress


@dataclass(eq=False)
class User(Aggregate):
    """``password_number`` counts the passwords that the account has had: a proof of an older one is worth nothing.

    A closed account (``deleted_at``) keeps its id for ever and nothing that says whose it was.
    """

    entity_type: ClassVar[str] = "user"

    id: UUID
    email: EmailAddress | None
    name: str
    time_zone: str
    password_hash: str | None = field(repr=False)
    password_number: int
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    @classmethod
    def create(cls, *, id: UUID, email: EmailAddress, name: str, time_zone: str, password_hash: str, now: datetime) -> "User":
        user = cls(id, email, name, time_zone, password_hash, 1, 1, now, now, None)
        user._record("user.created")
        return user

    @property
    def stream_id(self) -> UUID:
        return self.id

    def change(self, *, email: EmailAddress | None, name: str, time_zone: str, now: datetime) -> None:
        self._change("user.updated", now, email=email, name=name, time_zone=time_zone)

    def change_password(self, password_hash: str, now: datetime) -> None:
        self._change("user.password_changed", now, password_hash=password_hash, password_number=self.password_number + 1)

    def rehash_password(self, password_hash: str, now: datetime) -> None:
        """Stores the same password under today's hashing parameters."""
        self._change("user.password_rehashed", now, password_hash=password_hash)

    def close(self, now: datetime) -> None:
        """Erases whatever says whose account it was."""
        self._change("user.closed", now, email=None, name="", time_zone="UTC", password_hash=None, deleted_at=now)
