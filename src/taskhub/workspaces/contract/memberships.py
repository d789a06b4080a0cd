"""Memberships, for other modules that check them inside their own unit of work."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID


class Memberships(Protocol):
    """Reads memberships over the caller's connection."""

    async def require(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        """Ensures that these users are members, and stay members until the unit of work ends.

        The first, optimistic attempt of a command queries nothing: if a user is not a member, the commit fails and the command is
        run again. The second attempt returns the users who are members and share-locks their rows. Callers refuse the others.
        """

    async def find_members(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        """The users among these who are members now. Nothing is locked."""

    async def lock_workspace(self, workspace_id: UUID) -> None:
        """Takes a lock that only one unit of work in the workspace can hold. The unit of work must be in locking mode.

        For decisions that depend on many rows. Commands that don't take this lock are not blocked.
        """

    async def hold_workspace(self, workspace_id: UUID) -> None:
        """As `lock_workspace`, for commands that need the lock only while they are committed.

        The first, optimistic attempt of a command asks nothing: its commit takes the lock before anything else.
        """
