"""A member: a user's place in a workspace."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.contract.ids import derived_id
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.contract.events import MEMBER_JOINED, MEMBER_REMOVED, MEMBER_UPDATED
from taskhub.workspaces.domain.errors import AlreadyMember


@dataclass(eq=False)
class Member(Aggregate):
    """Someone who has left is kept, so that coming back continues the version."""

    entity_type: ClassVar[str] = "member"

    workspace_id: UUID
    user_id: UUID
    role: Role
    joined_at: datetime
    left_at: datetime | None
    version: int
    updated_at: datetime

    @classmethod
    def join(cls, *, workspace_id: UUID, user_id: UUID, role: Role, now: datetime) -> "Member":
        member = cls(workspace_id, user_id, role, now, None, 1, now)
        member._record(MEMBER_JOINED)
        return member

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    @property
    def id(self) -> UUID:  # type: ignore[override]  # Derived, and never set.
        return derived_id(self.user_id)

    @property
    def is_active(self) -> bool:
        return self.left_at is None

    def rejoin(self, role: Role, now: datetime) -> None:
        """Raises:
        AlreadyMember
        """
        if self.is_active:
            raise AlreadyMember
        self._change(MEMBER_JOINED, now, role=role, joined_at=now, left_at=None)

    def change_role(self, role: Role, now: datetime) -> None:
        self._change(MEMBER_UPDATED, now, role=role)

    def leave(self, now: datetime) -> None:
        self._change(MEMBER_REMOVED, now, left_at=now)
