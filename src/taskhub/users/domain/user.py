"""Users and their accounts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.users.domain.email import EmailAddress


@dataclass(eq=False)
class User(Aggregate):
    """``password_number`` counts the passwords of the account. A proof of an earlier password is not accepted.

    A closed account (``deleted_at``) keeps its id, but no personal data.
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
        """Stores a new hash of the same password, with the current parameters."""
        self._change("user.password_rehashed", now, password_hash=password_hash)

    def close(self, now: datetime) -> None:
        """Closes the account and erases all personal data."""
        self._change("user.closed", now, email=None, name="", time_zone="UTC", password_hash=None, deleted_at=now)
