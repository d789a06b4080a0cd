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


class Accounts(Protocol):
    async def names(self, user_ids: Iterable[UUID]) -> dict[UUID, AccountName]:
        """A name for every id that was asked for; `DELETED` where there is no such account any more."""
