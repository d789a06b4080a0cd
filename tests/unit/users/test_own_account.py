"""Changing and closing one's own account."""

from typing import Any

import pytest

from factories.users import LATER, NOW, ApiTokenFactory, SessionFactory, UserFactory, proof_of
from support.fakes.users import FakeMembershipExits, FakeUsersUnitOfWork
from taskhub.kernel.domain.errors import Category, DomainError, NotFound, StaleVersion, ValidationFailed
from taskhub.users.application.change_account import ChangeAccount, change_account
from taskhub.users.application.change_password import ChangePassword, change_password
from taskhub.users.application.close_account import CloseAccount, close_account
from taskhub.users.application.passwords import Proof
from taskhub.users.application.reset_password import ResetPassword, reset_password
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.errors import WrongPassword
from taskhub.users.domain.user import User

NEW_EMAIL = EmailAddress.parse("new@example.com")


class LastOwner(DomainError):
    category, code, title = Category.CONFLICT, "last_owner", "Last owner"


def outdated(user: User) -> Proof:
    """A proof of the password before the present one."""
    proof = proof_of(user)
    user.password_number += 1
    return proof


async def changed(user: User, **command: Any) -> User:
    parts: dict[str, Any] = {"name": None, "time_zone": None, "email": None, "proof": None, "expected": None, **command}
    return await change_account(ChangeAccount(user.id, **parts), FakeUsersUnitOfWork(user), clock=lambda: LATER)


async def test_a_patch_changes_what_it_names() -> None:
    user = await changed(UserFactory(name="Ada", time_zone="UTC"), time_zone="Europe/Berlin")
    assert (user.name, user.time_zone) == ("Ada", "Europe/Berlin")


async def test_a_new_email_needs_the_password() -> None:
    user = UserFactory()
    with pytest.raises(ValidationFailed) as refusal:
        await changed(user, email=NEW_EMAIL)
    assert refusal.value.faults[0].pointer == "/current_password"
    assert (await changed(user, email=NEW_EMAIL, proof=proof_of(user))).email == NEW_EMAIL


async def test_the_email_that_is_there_already_needs_no_password() -> None:
    user = UserFactory()
    assert (await changed(user, email=user.email, name="Grace")).name == "Grace"


async def test_a_proof_of_an_earlier_password_changes_no_email() -> None:
    user = UserFactory()
    with pytest.raises(WrongPassword):
        await changed(user, email=NEW_EMAIL, proof=outdated(user))


async def test_a_patch_for_another_version_changes_nothing() -> None:
    user = UserFactory(version=3)
    with pytest.raises(StaleVersion):
        await changed(user, name="Grace", expected=frozenset({2}))
    assert user.event is None


async def test_a_new_password_ends_every_other_session() -> None:
    user = UserFactory()
    here, *others = (SessionFactory(user_id=user.id) for _ in range(3))
    somebody_elses = SessionFactory()
    uow = FakeUsersUnitOfWork(user, here, *others, somebody_elses)
    command = ChangePassword(proof_of(user), "new hash", here.id, revoke_tokens=False, expected=None)
    await change_password(command, uow, clock=lambda: LATER)
    assert user.password_hash == "new hash"
    assert uow.removed == others


async def test_a_new_password_revokes_api_tokens_on_demand_only() -> None:
    user = UserFactory()
    token = ApiTokenFactory(user_id=user.id)
    for revokes, removed in ((False, []), (True, [token])):
        uow = FakeUsersUnitOfWork(user, token)
        command = ChangePassword(proof_of(user), "new hash", None, revokes, expected=None)
        await change_password(command, uow, clock=lambda: LATER)
        assert uow.removed == removed


async def test_a_password_is_changed_under_lock() -> None:
    user = UserFactory()
    uow = FakeUsersUnitOfWork(user)
    await change_password(ChangePassword(proof_of(user), "new hash", None, False, None), uow, clock=lambda: LATER)
    assert uow.steps[0] == "lock"


async def test_of_two_changes_of_one_password_the_second_is_refused() -> None:
    user = UserFactory()
    uow = FakeUsersUnitOfWork(user)
    with pytest.raises(WrongPassword):
        await change_password(ChangePassword(outdated(user), "new hash", None, False, None), uow, clock=lambda: LATER)
    assert user.event is None


async def test_an_operator_resets_a_password_and_ends_all_sessions() -> None:
    user = UserFactory(email=EmailAddress.parse("ada@example.com"))
    session, token = SessionFactory(user_id=user.id), ApiTokenFactory(user_id=user.id)
    uow = FakeUsersUnitOfWork(user, session, token)
    command = ResetPassword(EmailAddress.parse("ADA@example.com"), "new hash", revoke_tokens=True)
    await reset_password(command, uow, clock=lambda: LATER)
    assert user.password_hash == "new hash"
    assert uow.removed == [session, token]


async def test_nobodys_password_cant_be_reset() -> None:
    with pytest.raises(NotFound):
        await reset_password(ResetPassword(NEW_EMAIL, "new hash", False), FakeUsersUnitOfWork(), clock=lambda: LATER)


async def test_closing_an_account_ends_all_that_it_has_open() -> None:
    user = UserFactory()
    session, token = SessionFactory(user_id=user.id), ApiTokenFactory(user_id=user.id)
    uow = FakeUsersUnitOfWork(user, session, token, SessionFactory(), ApiTokenFactory())
    await close_account(CloseAccount(proof_of(user), None), uow, clock=lambda: LATER)
    assert user.deleted_at == LATER
    assert uow.removed == [session, token]
    assert (uow.forgotten, uow.forgotten_addresses) == ([user.id], [user.id])
    assert uow.membership_exits.released == [user.id]


async def test_workspaces_are_left_under_lock_and_before_the_user_is_locked() -> None:
    user = UserFactory()
    uow = FakeUsersUnitOfWork(user, membership_exits=FakeMembershipExits(refusal=LastOwner("of others")))
    with pytest.raises(LastOwner):
        await close_account(CloseAccount(proof_of(user), None), uow, clock=lambda: LATER)
    assert uow.steps == ["lock"]
    assert user.event is None


async def test_a_stale_version_is_told_before_the_rules_are_asked() -> None:
    user = UserFactory(version=3)
    uow = FakeUsersUnitOfWork(user, membership_exits=FakeMembershipExits(refusal=LastOwner("of others")))
    with pytest.raises(StaleVersion):
        await close_account(CloseAccount(proof_of(user), frozenset({2})), uow, clock=lambda: LATER)


async def test_a_proof_of_an_earlier_password_closes_nothing() -> None:
    user = UserFactory()
    with pytest.raises(WrongPassword):
        await close_account(CloseAccount(outdated(user), None), FakeUsersUnitOfWork(user), clock=lambda: NOW)
    assert user.event is None
