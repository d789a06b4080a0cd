"""Membership, as other modules may ask about it inside their own unit of work."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID


class Memberships(Protocol):
    """Reads memberships over the caller's connection."""

    async def require(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Makes sure that these users are members, and stay so until the unit of work ends.

        The first, optimistic attempt at a command asks nothing: a user who is no member makes the commit miss, and the command is
        run again. Then the answer is the users who are members now; their rows are share-locked. Callers refuse the others.
        """

    async def find_members(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Which of these users are members at this moment. Nothing is locked."""

    async def lock_workspace(self, workspace_id: UUID) -> None:
        """From here on only one unit of work at a time gets past this in a workspace. It has to be locking already.

        For decisions that rest on more than a few rows. Other work in the workspace goes on.
        """
