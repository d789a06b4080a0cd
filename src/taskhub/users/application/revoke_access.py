"""Ending what an account has open. The unit of work is locking, and holds the user already.

Sessions go before tokens: with the sessions locked nobody makes another token.
"""

from datetime import datetime
from uuid import UUID

from taskhub.users.application.ports import UsersUnitOfWork


async def end_sessions(user_id: UUID, uow: UsersUnitOfWork, *, now: datetime, but: UUID | None = None) -> None:
    """Ends all sessions of a user ``but`` one."""
    for session in await uow.sessions.of_user(user_id):
        if session.id != but:
            session.end(now)
            uow.sessions.remove(session)


async def revoke_tokens(user_id: UUID, uow: UsersUnitOfWork, *, now: datetime) -> None:
    for token in await uow.api_tokens.of_user(user_id):
        token.revoke(now)
        uow.api_tokens.remove(token)
