"""What this module needs of whoever keeps memberships: a module above it provides that."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class MembershipExits(Protocol):
    """The workspaces of a user, over the caller's unit of work."""

    async def is_member(self, workspace_id: UUID, user_id: UUID) -> bool: ...

    async def release(self, user_id: UUID, *, now: datetime) -> None:
        """Ends all memberships of a user, and deletes the workspaces that were theirs alone. The unit of work is locking.

        Raises:
            LastOwner: they are the only owner of a workspace with other members.
        """
