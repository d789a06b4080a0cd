"""Who somebody is, as other modules may show it."""

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
    """Reads accounts over the caller's unit of work."""

    async def require(self, user_id: UUID) -> None:
        """Makes sure that the account is open, and stays so until the unit of work ends.

        A session outlives its account by a moment, in the memory of a process. The first, optimistic attempt at a command asks
        nothing: an account that was closed makes the commit miss, and the command is run again.

        Raises:
            InvalidToken: the account is closed.
        """


class Accounts(Protocol):
    async def names(self, user_ids: Iterable[UUID]) -> dict[UUID, AccountName]:
        """A name for every id that was asked for; `DELETED` where there is no such account any more."""
