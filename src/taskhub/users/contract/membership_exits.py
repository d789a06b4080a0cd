"""A port that this module needs and a higher module provides: memberships of a user."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class MembershipExits(Protocol):
    """The memberships of a user, in the caller's unit of work."""

    async def is_member(self, workspace_id: UUID, user_id: UUID) -> bool: ...

    async def leave_all(self, user_id: UUID, *, now: datetime) -> None:
        """Ends all memberships of a user, and deletes the workspaces without other members. The unit of work must be in locking
        mode.

        Raises:
            LastOwner: the user is the only owner of a workspace with other members.
        """

    async def require_left_all(self, user_id: UUID) -> None:
        """Ensures that the user has joined nothing since `leave_all` looked. The account has to be locked before: from then on
        nobody joins with it.

        Raises:
            ConcurrencyConflict: there is another membership, which the command leaves when it is run again.
        """
