"""Renew a session."""

from dataclasses import dataclass

from taskhub.kernel.application.clock import Clock
from taskhub.users.application.open_session import SignedIn
from taskhub.users.application.ports import RefreshToken, RefreshTokens, UsersUnitOfWork
from taskhub.users.contract.errors import InvalidToken


@dataclass(frozen=True, slots=True)
class RefreshSession:
    token: RefreshToken


async def refresh_session(
    command: RefreshSession, uow: UsersUnitOfWork, *, refresh_tokens: RefreshTokens, clock: Clock
) -> SignedIn | None:
    """Exchanges a refresh token for its successor; one that was spent a moment ago, for the same successor again.

    A token that was spent before that is in the hands of two: the session ends, which has to be committed, so the answer is None.

    Raises:
        InvalidToken: it belongs to no session, or was never made by this service.
    """
    token, now = command.token, clock()
    session = await uow.sessions.find(token.user_id, token.session_id)
    if session is None or session.is_expired(now):
        raise InvalidToken
    successors = refresh_tokens.successors(token)
    if session.accepts(token.digest):
        session.refresh(successors[0].digest, now)
        return SignedIn(session.user_id, session.id, successors[0].text)
    known = session.successor_of(token.digest, now)
    for successor in successors:
        if successor.digest == known:
            return SignedIn(session.user_id, session.id, successor.text)
    if not token.is_genuine:
        raise InvalidToken
    session.end(now)
    uow.sessions.remove(session)
    return None
