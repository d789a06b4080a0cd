"""Reads of accounts, sessions and tokens. Lists are newest first and start after an id."""

from datetime import datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.users.application.views import SessionView, TokenView, UserView


class AccountSort(Enum):
    """Ids grow with time."""

    ID = "id"


NEWEST_FIRST = SortOrder(AccountSort.ID, descending=True)
POSITIONS: dict[Enum, Any] = {AccountSort.ID: tuple[UUID]}


class AccountQueries(Protocol):
    async def user(self, user_id: UUID) -> UserView:
        """Raises:
        NotFound
        """

    async def sessions(
        self, user_id: UUID, current: UUID, page: PageRequest[AccountSort], *, now: datetime
    ) -> PageSlice[SessionView]: ...

    async def session(self, user_id: UUID, current: UUID, id: UUID, *, now: datetime) -> SessionView:
        """Raises:
        NotFound
        """

    async def tokens(self, user_id: UUID, page: PageRequest[AccountSort]) -> PageSlice[TokenView]: ...

    async def token(self, user_id: UUID, id: UUID) -> TokenView:
        """Raises:
        NotFound
        """
