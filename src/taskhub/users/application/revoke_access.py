"""End the sessions and API tokens of an account. The unit of work is in locking mode and has locked the user.

Sessions are ended first: while they are locked, nobody can create another token.
"""

from datetime import datetime
from uuid import UUID

from taskhub.users.application.ports import UsersUnitOfWork


async def end_sessions(user_id: UUID, uow: UsersUnitOfWork, *, now: datetime, but: UUID | None = None) -> None:
    """Ends all sessions of a user, except ``but``."""
    for session in await uow.sessions.of_user(user_id):
        if session.id != but:
            session.end(now)
            uow.sessions.remove(session)


async def revoke_tokens(user_id: UUID, uow: UsersUnitOfWork, *, now: datetime) -> None:
    for token in await uow.api_tokens.of_user(user_id):
        token.revoke(now)
        uow.api_tokens.remove(token)
