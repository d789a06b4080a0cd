"""What a test starts from: accounts with tokens that stay good, workspaces, members, projects. Made by the use cases."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from taskhub.container import Container
from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.errors import Busy
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.projects.create_project import CreateProject
from taskhub.users.application.create_token import CreateToken
from taskhub.users.application.create_user import CreateUser
from taskhub.users.application.open_session import OpenSession, SignedIn
from taskhub.users.application.passwords import Proof
from taskhub.users.contract.errors import InvalidToken
from taskhub.users.domain.email import EmailAddress
from taskhub.workspaces.application.create_workspace import CreateWorkspace
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.member import Member

PASSWORD = "correct horse battery staple"  # noqa: S105  # Everybody's here.
TRIES = 5
USER_AGENT = "taskhub.testing"


class AccountView(msgspec.Struct, frozen=True):
    """An account. ``token``: an API token that may do all that its role may, and never ends by itself."""

    user_id: UUID
    email: str
    password: str
    token: str


class MemberAccountView(msgspec.Struct, frozen=True):
    user_id: UUID
    email: str
    password: str
    token: str
    role: str


class TenantView(msgspec.Struct, frozen=True):
    """A workspace of its own, and the account that a test acts by. ``owner``: somebody else, where the role is another one."""

    workspace_id: UUID
    project_id: UUID | None
    project_key: str | None
    role: str
    account: AccountView
    owner: AccountView


class CredentialView(msgspec.Struct, frozen=True):
    token: str
    refresh_token: str | None
    expires_at: datetime | None


class People:
    """Accounts, workspaces and members, made without HTTP: no limit counts, and a closed registration does not matter."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._users = container.modules["users"]
        self._workspaces = container.modules["workspaces"]
        self._tasks = container.modules["tasks"]

    async def tenant(self, role: Role, project_key: str | None) -> TenantView:
        owner = await self.account()
        workspace_id = new_id()
        await self._perform(
            self._workspaces.create_workspace(), CreateWorkspace(workspace_id, "Test", "UTC", owner.user_id), owner
        )
        project_id = await self._project(workspace_id, project_key, owner) if project_key else None
        account = owner if role is Role.OWNER else await self.account()
        if account is not owner:
            await self._join(workspace_id, account, role)
        return TenantView(workspace_id, project_id, project_key, role.key, account, owner)

    async def member(self, workspace_id: UUID, role: Role) -> MemberAccountView:
        """Raises:
        NotFound: there is no such workspace.
        """
        account = await self.account()
        await self._join(workspace_id, account, role)
        return MemberAccountView(account.user_id, account.email, account.password, account.token, role.key)

    async def account(self) -> AccountView:
        id = new_id()
        email = f"{uuid4().hex}@example.com"
        users = self._users
        password_hash = await users.passwords().hash(PASSWORD)
        user = await users.create_user().perform(CreateUser(id, EmailAddress.new(email), "Ada", "UTC", password_hash), Context())
        token = await self._api_token(user, Scope.ADMIN, None, None)
        return AccountView(id, email, PASSWORD, token)

    async def session(self, user_id: UUID) -> CredentialView:
        """As after a sign-in: the access token ends after a quarter of an hour of the service's time.

        Raises:
            NotFound
        """
        signed_in = await self._open_session(await self._user(user_id))
        tokens = self._users.session_tokens()(signed_in)
        return CredentialView(
            tokens.access_token, tokens.refresh_token, self._container.clock()() + timedelta(seconds=tokens.expires_in)
        )

    async def token(self, user_id: UUID, scope: Scope, lifetime: timedelta | None, workspace_id: UUID | None) -> CredentialView:
        """An API token.

        Raises:
            NotFound
        """
        user = await self._user(user_id)
        expires_at = self._container.clock()() + lifetime if lifetime is not None else None
        secret = await self._api_token(user, scope, expires_at, workspace_id)
        return CredentialView(secret, None, expires_at)

    async def _user(self, user_id: UUID) -> Any:
        async def find(command: UUID, uow: Any) -> Any:
            return await uow.users.find(command)

        user = await self._users.runner().perform(find, user_id, Context())
        if user is None:
            raise NotFound("There is no such user.")
        return user

    async def _open_session(self, user: Any) -> SignedIn:
        proof = Proof(user.id, user.password_number, user.version)
        signed_in: SignedIn = await self._users.open_session().perform(OpenSession(new_id(), proof, USER_AGENT), Context(user.id))
        return signed_in

    async def _api_token(self, user: Any, scope: Scope, expires_at: datetime | None, workspace_id: UUID | None) -> str:
        """Made in a session of its own, as anybody does. That is over if a test moves the clock at the same time.

        Raises:
            Busy: it was, each time.
        """
        for _ in range(TRIES):
            session = await self._open_session(user)
            command = CreateToken(new_id(), user.id, session.session_id, "test", (scope,), expires_at, workspace_id)
            with suppress(InvalidToken):
                return str((await self._users.create_token().perform(command, Context(user.id))).secret)
        raise Busy

    async def _project(self, workspace_id: UUID, key: str, owner: AccountView) -> UUID:
        project_id = new_id()
        values = {"key": key, "name": key, "description": None}
        await self._perform(self._tasks.create_project(), CreateProject(workspace_id, project_id, values, owner.user_id), owner)
        return project_id

    async def _join(self, workspace_id: UUID, account: AccountView, role: Role) -> None:
        async def join(role: Role, uow: Any) -> None:
            if await uow.workspaces.find(workspace_id) is None:
                raise NotFound("There is no such workspace.")
            now = self._container.clock()()
            uow.members.add(Member.join(workspace_id=workspace_id, user_id=account.user_id, role=role, now=now))

        await self._workspaces.runner().perform(join, role, Context(account.user_id))

    @staticmethod
    async def _perform(use_case: Any, command: Any, account: AccountView) -> None:
        await use_case.perform(command, Context(account.user_id))
