"""Sign in."""

from dataclasses import dataclass, field
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.users.application.passwords import Proof
from taskhub.users.application.ports import RefreshTokens, UsersUnitOfWork
from taskhub.users.domain.errors import InvalidCredentials
from taskhub.users.domain.session import Session


@dataclass(frozen=True, slots=True)
class OpenSession:
    id: UUID
    proof: Proof
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session and its refresh token."""

    user_id: UUID
    session_id: UUID
    refresh_token: str = field(repr=False)


async def open_session(command: OpenSession, uow: UsersUnitOfWork, *, refresh_tokens: RefreshTokens, clock: Clock) -> SignedIn:
    """Loads the user, so that the commit checks their version. Otherwise a session could be opened while the password is changed.

    Raises:
        InvalidCredentials: the password was changed after it was checked, or the account was closed.
    """
    user = await uow.users.find(command.proof.user_id)
    if user is None or not command.proof.holds_for(user):
        raise InvalidCredentials
    now = clock()
    if command.proof.rehashed:
        user.rehash_password(command.proof.rehashed, now)
    token = refresh_tokens.first(user.id, command.id)
    session = Session.open(user_id=user.id, id=command.id, user_agent=command.user_agent, refresh_digest=token.digest, now=now)
    uow.sessions.add(session)
    return SignedIn(user.id, session.id, token.text)
