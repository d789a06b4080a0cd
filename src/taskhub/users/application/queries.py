"""Reads of accounts, sessions and tokens. Lists are newest first and start after an id."""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from taskhub.users.application.views import SessionView, TokenView, UserView


class AccountQueries(Protocol):
    async def user(self, user_id: UUID) -> UserView:
        """Raises:
        NotFound
        """

    async def sessions(
        self, user_id: UUID, current: UUID, after: UUID | None, limit: int, *, now: datetime
    ) -> list[SessionView]: ...

    async def session(self, user_id: UUID, current: UUID, id: UUID, *, now: datetime) -> SessionView:
        """Raises:
        NotFound
        """

    async def tokens(self, user_id: UUID, after: UUID | None, limit: int) -> list[TokenView]: ...

    async def token(self, user_id: UUID, id: UUID) -> TokenView:
        """Raises:
        NotFound
        """
