"""Making and revoking API tokens."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from factories.users import LATER, NOW, ApiTokenFactory, SessionFactory, UserFactory
from support.fakes.users import FakeMembershipExits, FakeUsersUnitOfWork
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import NotFound, UnknownReference, ValidationFailed
from taskhub.users.application.create_token import CreatedToken, CreateToken, create_token
from taskhub.users.application.issue_token import IssueToken, issue_token
from taskhub.users.application.revoke_token import RevokeToken, revoke_token
from taskhub.users.contract.errors import InvalidToken
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.session import Session
from taskhub.users.infrastructure.api_token_secrets import RandomApiTokenSecrets, digest_of

USER = UserFactory()
SESSION = SessionFactory(user_id=USER.id)


async def created(uow: FakeUsersUnitOfWork, session: Session = SESSION, **parts: Any) -> CreatedToken:
    given: dict[str, Any] = {"name": "ci", "scopes": (Scope.READ,), "expires_at": None, "workspace_id": None, **parts}
    command = CreateToken(new_id(), USER.id, session.id, **given)
    return await create_token(command, uow, secrets=RandomApiTokenSecrets(), clock=lambda: NOW)


async def test_a_token_is_known_by_a_digest_of_its_secret_only() -> None:
    uow = FakeUsersUnitOfWork(SESSION)
    secret = (await created(uow)).secret
    assert secret.startswith("thub_")
    assert uow.added[0].digest == digest_of(secret)
    assert secret not in str(vars(uow.added[0]))


async def test_no_two_secrets_are_the_same() -> None:
    uow = FakeUsersUnitOfWork(SESSION)
    assert (await created(uow)).secret != (await created(uow)).secret


async def test_a_token_may_be_bound_to_a_workspace_of_the_user() -> None:
    workspace_id = uuid4()
    uow = FakeUsersUnitOfWork(SESSION, membership_exits=FakeMembershipExits([workspace_id]))
    assert (await created(uow, workspace_id=workspace_id)).view.workspace_id == workspace_id


async def test_a_token_is_not_bound_to_a_workspace_of_others() -> None:
    uow = FakeUsersUnitOfWork(SESSION)
    with pytest.raises(UnknownReference) as refusal:
        await created(uow, workspace_id=uuid4())
    assert refusal.value.faults[0].pointer == "/workspace_id"


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(days=1)])
async def test_a_token_cant_expire_in_the_past(ago: timedelta) -> None:
    with pytest.raises(ValidationFailed) as refusal:
        await created(FakeUsersUnitOfWork(SESSION), expires_at=NOW - ago)
    assert refusal.value.faults[0].pointer == "/expires_at"


async def test_a_session_that_has_just_ended_makes_no_token() -> None:
    uow = FakeUsersUnitOfWork()
    with pytest.raises(InvalidToken):
        await created(uow)
    assert uow.added == []


async def test_a_revoked_token_is_gone() -> None:
    token = ApiTokenFactory(user_id=USER.id)
    uow = FakeUsersUnitOfWork(token)
    await revoke_token(RevokeToken(USER.id, token.id, None), uow, clock=lambda: LATER)
    assert uow.removed == [token]
    assert token.event == "api_token.revoked"


async def test_nobody_revokes_the_tokens_of_others() -> None:
    token = ApiTokenFactory()
    with pytest.raises(NotFound):
        await revoke_token(RevokeToken(USER.id, token.id, None), FakeUsersUnitOfWork(token), clock=lambda: LATER)


async def issued(uow: FakeUsersUnitOfWork, email: str, **parts: Any) -> CreatedToken:
    given: dict[str, Any] = {"name": "ci", "scopes": (Scope.READ,), "expires_at": None, **parts}
    command = IssueToken(new_id(), EmailAddress.parse(email), **given)
    return await issue_token(command, uow, secrets=RandomApiTokenSecrets(), clock=lambda: NOW)


async def test_an_operator_needs_no_session_of_the_account() -> None:
    uow = FakeUsersUnitOfWork(USER)
    made = await issued(uow, USER.email.key.upper(), expires_at=NOW + timedelta(days=1))
    (token,) = uow.added
    assert (token.user_id, token.digest, made.view.workspace_id) == (USER.id, digest_of(made.secret), None)


async def test_an_operator_is_told_that_there_is_no_such_account() -> None:
    with pytest.raises(NotFound, match="No account"):
        await issued(FakeUsersUnitOfWork(USER), "nobody@example.com")


async def test_the_token_of_an_operator_cant_expire_in_the_past_either() -> None:
    with pytest.raises(ValidationFailed):
        await issued(FakeUsersUnitOfWork(USER), USER.email.key, expires_at=NOW)
