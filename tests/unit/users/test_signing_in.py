"""Signing in, and keeping a session alive."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from factories.users import LATER, NOW, SessionFactory, UserFactory, proof_of
from support.fakes.users import FakeUsersUnitOfWork
from taskhub.kernel.contract.ids import new_id
from taskhub.users.application.open_session import OpenSession, SignedIn, open_session
from taskhub.users.application.passwords import Proof
from taskhub.users.application.ports import RefreshToken
from taskhub.users.application.refresh_session import RefreshSession, refresh_session
from taskhub.users.contract.errors import InvalidToken
from taskhub.users.domain.errors import InvalidCredentials
from taskhub.users.domain.session import GRACE, Session
from taskhub.users.domain.user import User
from taskhub.users.infrastructure.refresh_tokens import SignedRefreshTokens

TOKENS = SignedRefreshTokens((b"the secret of the server",))


async def opened(proof: Proof, uow: FakeUsersUnitOfWork) -> SignedIn:
    return await open_session(OpenSession(new_id(), proof, "tests"), uow, refresh_tokens=TOKENS, clock=lambda: NOW)


async def refreshed(text: str, uow: FakeUsersUnitOfWork, now: datetime = NOW) -> SignedIn | None:
    token = TOKENS.read(text)
    assert token is not None
    return await refresh_session(RefreshSession(token), uow, refresh_tokens=TOKENS, clock=lambda: now)


def a_session() -> tuple[Session, RefreshToken]:
    """A session, and the refresh token that works."""
    user_id, session_id = uuid4(), new_id()
    token = TOKENS.first(user_id, session_id)
    return SessionFactory(user_id=user_id, id=session_id, refresh_digest=token.digest), token


async def test_signing_in_opens_a_session_of_the_user() -> None:
    user = UserFactory()
    uow = FakeUsersUnitOfWork(user)
    signed_in = await opened(proof_of(user), uow)
    (session,) = uow.added
    assert (session.user_id, session.id, session.user_agent) == (user.id, signed_in.session_id, "tests")
    assert user.event is None


async def test_the_session_keeps_a_digest_of_its_refresh_token_only() -> None:
    user = UserFactory()
    uow = FakeUsersUnitOfWork(user)
    token = TOKENS.read((await opened(proof_of(user), uow)).refresh_token)
    assert token is not None
    assert uow.added[0].refresh_digest == token.digest
    assert token.text not in str(vars(uow.added[0]))


async def test_signing_in_renews_an_outdated_hash() -> None:
    user = UserFactory()
    await opened(proof_of(user, rehashed="a better hash"), FakeUsersUnitOfWork(user))
    assert user.password_hash == "a better hash"


async def test_a_password_that_was_changed_meanwhile_opens_nothing() -> None:
    user = UserFactory()
    proof = proof_of(user)
    user.change_password("another hash", LATER)
    with pytest.raises(InvalidCredentials):
        await opened(proof, FakeUsersUnitOfWork(user))


@pytest.mark.parametrize("user", [UserFactory(deleted_at=NOW), None])
async def test_an_account_that_was_closed_meanwhile_opens_nothing(user: User | None) -> None:
    uow = FakeUsersUnitOfWork(*([user] if user else []))
    with pytest.raises(InvalidCredentials):
        await opened(proof_of(user or UserFactory()), uow)
    assert uow.added == []


async def test_a_refresh_exchanges_the_token() -> None:
    session, token = a_session()
    signed_in = await refreshed(token.text, FakeUsersUnitOfWork(session), LATER)
    assert signed_in is not None
    assert signed_in.session_id == session.id
    successor = TOKENS.read(signed_in.refresh_token)
    assert successor is not None
    assert session.accepts(successor.digest)


async def test_two_tabs_that_refresh_at_once_get_the_same_successor() -> None:
    session, token = a_session()
    uow = FakeUsersUnitOfWork(session)
    first = await refreshed(token.text, uow, LATER)
    assert await refreshed(token.text, uow, LATER + GRACE) == first


async def test_the_second_tab_changes_nothing() -> None:
    session, token = a_session()
    uow = FakeUsersUnitOfWork(session)
    await refreshed(token.text, uow, LATER)
    await refreshed(token.text, uow, LATER + GRACE)
    assert session.updated_at == LATER


async def test_a_chain_of_tokens_spent_within_half_a_minute_is_walked_again() -> None:
    session, token = a_session()
    uow = FakeUsersUnitOfWork(session)
    first = await refreshed(token.text, uow)
    assert first is not None
    second = await refreshed(first.refresh_token, uow, NOW + timedelta(seconds=10))
    assert await refreshed(token.text, uow, NOW + timedelta(seconds=20)) == first
    assert await refreshed(first.refresh_token, uow, NOW + timedelta(seconds=20)) == second


async def test_a_token_that_is_used_again_later_ends_the_session() -> None:
    session, token = a_session()
    uow = FakeUsersUnitOfWork(session)
    await refreshed(token.text, uow, LATER)
    assert await refreshed(token.text, uow, LATER + GRACE + timedelta(seconds=1)) is None
    assert uow.removed == [session]
    assert session.event == "session.ended"


async def test_so_does_one_that_was_spent_long_before() -> None:
    session, token = a_session()
    uow = FakeUsersUnitOfWork(session)
    current = token.text
    for minutes in (0, 15, 30):
        signed_in = await refreshed(current, uow, NOW + timedelta(minutes=minutes))
        assert signed_in is not None
        current = signed_in.refresh_token
    assert await refreshed(token.text, uow, NOW + timedelta(minutes=45)) is None
    assert uow.removed == [session]


async def test_a_forged_token_ends_nothing() -> None:
    session, _ = a_session()
    uow = FakeUsersUnitOfWork(session)
    forged = SignedRefreshTokens((b"somebody else's secret",)).first(session.user_id, session.id)
    with pytest.raises(InvalidToken):
        await refreshed(forged.text, uow)
    assert uow.removed == []


async def test_an_expired_session_is_not_renewed() -> None:
    session, token = a_session()
    with pytest.raises(InvalidToken):
        await refreshed(token.text, FakeUsersUnitOfWork(session), session.expires_at)


async def test_a_session_that_has_ended_is_not_renewed() -> None:
    _, token = a_session()
    with pytest.raises(InvalidToken):
        await refreshed(token.text, FakeUsersUnitOfWork())


async def test_the_same_successor_is_given_across_a_change_of_the_servers_secret() -> None:
    session, token = a_session()
    uow = FakeUsersUnitOfWork(session)
    first = await refreshed(token.text, uow)
    rotated = SignedRefreshTokens((b"the next secret of the server", b"the secret of the server"))
    presented = rotated.read(token.text)
    assert presented is not None
    assert await refresh_session(RefreshSession(presented), uow, refresh_tokens=rotated, clock=lambda: NOW) == first
