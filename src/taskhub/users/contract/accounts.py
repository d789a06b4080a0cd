"""What other modules may know of accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AccountName:
    name: str
    email: str | None


DELETED = AccountName("Deleted user", None)


class OpenAccounts(Protocol):
    """Reads accounts in the caller's unit of work."""

    async def require(self, user_id: UUID) -> None:
        """Ensures that the account is open, and stays open until the unit of work ends.

        A process may remember a session for a moment after its account was closed. The first, optimistic attempt of a command
        does not query the account: if it is closed, the commit fails and the command is run again.

        Raises:
            InvalidToken: the account was closed.
        """


class Accounts(Protocol):
    async def names(self, user_ids: Iterable[UUID]) -> dict[UUID, AccountName]:
        """The name of each account; `DELETED` for closed accounts."""
