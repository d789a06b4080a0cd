"""What must not slip past a change that happens at the same moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from dependency_injector import providers

from support.fakes.clocks import FakeClock
from support.fakes.users import FakeMembershipExits
from taskhub.kernel.application.commands import Context, Reply
from taskhub.kernel.application.pages import PageRequest
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.users.application.change_account import ChangeAccount
from taskhub.users.application.change_password import ChangePassword
from taskhub.users.application.close_account import CloseAccount
from taskhub.users.application.create_token import CreateToken
from taskhub.users.application.create_user import CreateUser
from taskhub.users.application.end_session import EndSession
from taskhub.users.application.open_session import OpenSession, SignedIn
from taskhub.users.application.passwords import Proof
from taskhub.users.application.ports import Verdict
from taskhub.users.application.queries import NEWEST_FIRST
from taskhub.users.application.refresh_session import RefreshSession
from taskhub.users.container import UsersContainer
from taskhub.users.contract.errors import InvalidToken
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.errors import InvalidCredentials, WrongPassword

CONTEXT = Context(None, "tests")


class Account:
    """One account, and what can be done with it straight through the runner."""

    def __init__(self, users: UsersContainer, clock: FakeClock) -> None:
        self.users = users
        self.clock = clock
        self.id = new_id()
        self.proof = Proof(self.id, 1, 1)

    async def create(self) -> None:
        email = EmailAddress.parse(f"{self.id}@example.com")
        command = CreateUser(self.id, email, "Ada", "UTC", "hash")
        await self.users.create_user().run(command, CONTEXT, Reply(201))

    async def perform(self, bound: Any, command: Any, during: Callable[[], Awaitable[Any]] | None = None) -> Any:
        """Runs a use case; ``during`` happens between what its first attempt loads and what that commits."""
        pending = [during] if during else []

        async def interrupted(command: Any, uow: Any) -> Any:
            result = await bound.use_case(command, uow)
            if pending:
                await pending.pop()()
            return result

        return await self.users.runner().perform(interrupted, command, CONTEXT)

    async def sign_in(self, during: Callable[[], Awaitable[Any]] | None = None) -> SignedIn:
        signed_in: SignedIn = await self.perform(self.users.open_session(), OpenSession(new_id(), self.proof, None), during)
        return signed_in

    async def change_password(self, keep: UUID | None = None) -> None:
        command = ChangePassword(self.proof, "another hash", keep, revoke_tokens=True, expected=None)
        await self.perform(self.users.change_password(), command)

    async def create_token(self, session: SignedIn, during: Callable[[], Awaitable[Any]] | None = None) -> None:
        command = CreateToken(new_id(), self.id, session.session_id, "ci", (Scope.READ,), None, None)
        await self.perform(self.users.create_token(), command, during)

    async def refresh(self, text: str, during: Callable[[], Awaitable[Any]] | None = None) -> SignedIn | None:
        token = self.users.refresh_tokens().read(text)
        assert token is not None
        command = RefreshSession(token)
        signed_in: SignedIn | None = await self.perform(self.users.refresh_session(), command, during)
        return signed_in

    async def open(self) -> list[UUID]:
        """The ids of the sessions and API tokens that there are."""
        sessions = await self.users.queries().sessions(self.id, uuid4(), PageRequest(NEWEST_FIRST, 200), now=self.clock())
        tokens = await self.users.queries().tokens(self.id, PageRequest(NEWEST_FIRST, 200))
        return [*(session.id for session in sessions.items), *(token.id for token in tokens.items)]


@pytest.fixture
async def account(database_url: str) -> AsyncIterator[Account]:
    database, clock, exits = Database(database_url, pool_size=20), FakeClock(), FakeMembershipExits()
    await database.open()
    users = UsersContainer(
        database=database,
        notifier=EventNotifier(),
        clock=providers.Object(clock),
        secret_keys=(b"a secret",),
        registration="open",
        membership_exits=providers.Object(lambda uow: exits),
    )
    account = Account(users, clock)
    await account.create()
    yield account
    await database.close()


async def test_a_sign_in_with_the_old_password_does_not_slip_past_the_change(account: Account) -> None:
    with pytest.raises(InvalidCredentials):
        await account.sign_in(during=account.change_password)
    assert await account.open() == []


async def test_a_sign_in_does_not_slip_past_the_closing_of_the_account(account: Account) -> None:
    async def close() -> None:
        await account.perform(account.users.close_account(), CloseAccount(account.proof, None))

    with pytest.raises(InvalidCredentials):
        await account.sign_in(during=close)
    assert await account.open() == []


async def test_a_sign_in_survives_a_harmless_change_of_the_account(account: Account) -> None:
    async def rename() -> None:
        command = ChangeAccount(account.id, "Grace", None, None, None, None)
        await account.perform(account.users.change_account(), command)

    signed_in = await account.sign_in(during=rename)
    assert await account.open() == [signed_in.session_id]


async def test_an_api_token_is_not_made_by_a_session_that_is_being_ended(account: Account) -> None:
    session, other = await account.sign_in(), await account.sign_in()

    async def change_password_elsewhere() -> None:
        await account.change_password(keep=other.session_id)

    with pytest.raises(InvalidToken):
        await account.create_token(session, during=change_password_elsewhere)
    assert await account.open() == [other.session_id]


async def test_a_renewal_does_not_bring_an_ended_session_back(account: Account) -> None:
    session = await account.sign_in()

    async def sign_out() -> None:
        await account.perform(account.users.end_session(), EndSession(account.id, session.session_id, None))

    with pytest.raises(InvalidToken):
        await account.refresh(session.refresh_token, during=sign_out)
    assert await account.open() == []


async def test_a_session_can_be_ended_while_it_is_renewed(account: Account) -> None:
    session = await account.sign_in()

    async def renew() -> None:
        await account.refresh(session.refresh_token)

    command = EndSession(account.id, session.session_id, None)
    await account.perform(account.users.end_session(), command, during=renew)
    assert await account.open() == []


async def test_a_renewal_during_a_renewal_gives_the_same_successor(account: Account) -> None:
    session = await account.sign_in()
    others: list[SignedIn | None] = []

    async def renew() -> None:
        others.append(await account.refresh(session.refresh_token))

    assert [await account.refresh(session.refresh_token, during=renew)] == others


async def test_of_two_who_change_one_password_at_once_one_succeeds(account: Account) -> None:
    outcomes = await asyncio.gather(*(account.change_password() for _ in range(5)), return_exceptions=True)
    assert sorted(map(str, map(type, outcomes))) == sorted([str(type(None)), *[str(WrongPassword)] * 4])


async def test_no_connection_is_held_while_a_password_is_checked(account: Account) -> None:
    database, held = account.users.database(), []

    class Hasher:
        async def verify(self, password: str, known: str | None) -> Verdict:
            held.append(database.borrowed)
            return Verdict(is_right=True)

    account.users.password_hasher.override(providers.Object(Hasher()))
    assert await account.users.passwords().prove(account.id, "password") == account.proof
    assert held == [0]


async def test_many_things_at_once_end_in_order(account: Account) -> None:
    signed_in = [await account.sign_in() for _ in range(10)]
    work: list[Awaitable[Any]] = [account.refresh(one.refresh_token) for one in signed_in]
    work += [account.create_token(one) for one in signed_in[1:]]
    work += [account.sign_in() for _ in range(5)]
    outcomes = await asyncio.gather(*work, account.change_password(keep=signed_in[0].session_id), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes if isinstance(outcome, Exception)} <= {InvalidToken, InvalidCredentials}
    assert await account.open() == [signed_in[0].session_id]
