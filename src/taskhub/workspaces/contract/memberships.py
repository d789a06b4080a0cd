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
        """Keeps those out who take `lock_workspace`, until the unit of work ends, and nobody else.

        The first, optimistic attempt of a command asks nothing: the commit share-locks the workspace before anything else. A
        unit of work in locking mode takes the lock itself.
        """
