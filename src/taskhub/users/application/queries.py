"""What can be read of an account. Lists are newest first."""

from datetime import datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from taskhub.kernel.application.pages import Order, PageRequest, Portion
from taskhub.users.application.views import SessionView, TokenView, UserView


class AccountSort(Enum):
    """Ids grow with time."""

    ID = "id"


NEWEST_FIRST = Order(AccountSort.ID, descending=True)
POSITIONS: dict[Enum, Any] = {AccountSort.ID: tuple[UUID]}


class AccountQueries(Protocol):
    async def user(self, user_id: UUID) -> UserView:
        """Raises:
        NotFound
        """

    async def sessions(
        self, user_id: UUID, current: UUID, page: PageRequest[AccountSort], *, now: datetime
    ) -> Portion[SessionView]: ...

    async def session(self, user_id: UUID, current: UUID, id: UUID, *, now: datetime) -> SessionView:
        """Raises:
        NotFound
        """

    async def tokens(self, user_id: UUID, page: PageRequest[AccountSort]) -> Portion[TokenView]: ...

    async def token(self, user_id: UUID, id: UUID) -> TokenView:
        """Raises:
        NotFound
        """
