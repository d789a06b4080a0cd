"""An invitation: a role in a workspace, for whoever brings the token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.workspaces.contract.access import Role

LIFETIME = timedelta(days=7)
MAX_LIFETIME = timedelta(days=90)


@dataclass(eq=False)
class Invitation(Aggregate):
    """``digest`` is the hash of the token's secret. ``spent_at`` is when it was accepted or revoked."""

    entity_type: ClassVar[str] = "invitation"

    workspace_id: UUID
    id: UUID
    role: Role
    digest: bytes
    created_by_id: UUID
    expires_at: datetime
    spent_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(
        cls, *, workspace_id: UUID, id: UUID, role: Role, digest: bytes, created_by_id: UUID, expires_at: datetime, now: datetime
    ) -> "Invitation":
        invitation = cls(workspace_id, id, role, digest, created_by_id, expires_at, None, 1, now, now)
        invitation._record("invitation.created")
        return invitation

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    def is_open(self, now: datetime) -> bool:
        return self.spent_at is None and now < self.expires_at

    def accept(self, now: datetime) -> None:
        self._change("invitation.accepted", now, spent_at=now)

    def revoke(self, now: datetime) -> None:
        self._change("invitation.revoked", now, spent_at=now)
