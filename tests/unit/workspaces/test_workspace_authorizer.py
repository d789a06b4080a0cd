"""Who is admitted to what."""

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Caller, Scope
from taskhub.kernel.domain.errors import DomainError, NotAllowed, NotFound
from taskhub.users.contract.access import SessionAccess
from taskhub.users.contract.errors import NotAuthenticated
from taskhub.workspaces.api.authorizer import WorkspaceAuthorizer
from taskhub.workspaces.api.errors import InsufficientScope
from taskhub.workspaces.contract.access import CONTRIBUTE, MANAGE, OWN, READ, Grant, Role

HERE = uuid4()
SESSION = Caller(uuid4(), Scope.ADMIN, session_id=uuid4())
TOKEN = Caller(uuid4(), Scope.ADMIN, token_id=uuid4())


class Door:
    """Lets one caller in, whoever that is."""

    def __init__(self, caller: Caller | None) -> None:
        self.caller = caller

    async def authenticate(self, authorization: str | None) -> Caller:
        if self.caller is None or authorization is None:
            raise NotAuthenticated
        return self.caller

    async def renew(self, known: Sequence[tuple[str | None, Caller]]) -> None:
        raise NotImplementedError


class Roles:
    """Grants of one user in the workspace `HERE`: as remembered, and as they are."""

    def __init__(self, now: Role | None, remembered: Role | None = None) -> None:
        self.now = Grant(now, "Pacific/Apia") if now else None
        self.before = Grant(remembered, "Pacific/Apia") if remembered else None
        self.reads = 0

    def remembered(self, workspace_id: UUID, user_id: UUID) -> Grant | None:
        return self.before if workspace_id == HERE else None

    async def read(self, workspace_id: UUID, user_id: UUID) -> Grant | None:
        self.reads += 1
        return self.now if workspace_id == HERE else None

    async def renew(self, members: Set[tuple[UUID, UUID]]) -> None:
        raise NotImplementedError


async def admit(
    access: Access, *, caller: Caller | None = SESSION, roles: Roles | None = None, at: UUID = HERE
) -> tuple[Caller, Grant | None]:
    authorizer = WorkspaceAuthorizer(Door(caller), roles or Roles(None))
    known = await authorizer.authenticate("Bearer x")
    return known, await authorizer.authorize(known, access, at if access.stream_parameter else None)


async def refusal(access: Access, **circumstances: Any) -> DomainError:
    with pytest.raises(DomainError) as error:
        await admit(access, **circumstances)
    return error.value


@pytest.mark.parametrize("access", [Access(Scope.READ), SessionAccess(Scope.READ), READ])
async def test_everything_else_takes_a_credential(access: Access) -> None:
    assert isinstance(await refusal(access, caller=None), NotAuthenticated)


async def test_the_request_knows_who_asks_and_as_what() -> None:
    assert await admit(READ, roles=Roles(Role.ADMIN)) == (SESSION, Grant(Role.ADMIN, "Pacific/Apia"))


@pytest.mark.parametrize("access", [Access(Scope.WRITE), SessionAccess(Scope.WRITE), CONTRIBUTE])
async def test_a_narrower_scope_is_refused_with_the_one_it_takes(access: Access) -> None:
    narrow = replace(SESSION, scope=Scope.READ)
    refused = await refusal(access, caller=narrow, roles=Roles(Role.OWNER))
    assert isinstance(refused, InsufficientScope)
    assert refused.headers == ((b"www-authenticate", b'Bearer error="insufficient_scope", scope="write"'),)


async def test_a_wider_scope_includes_the_narrower_ones() -> None:
    await admit(Access(Scope.READ), caller=TOKEN)


async def test_an_account_is_ones_own_in_a_session_only() -> None:
    await admit(SessionAccess(Scope.ADMIN), caller=SESSION)
    assert (await refusal(SessionAccess(Scope.ADMIN), caller=TOKEN)).code == "not_allowed"


@pytest.mark.parametrize(
    ("at", "caller"),
    [
        (uuid4(), SESSION),
        (HERE, replace(TOKEN, stream_id=uuid4())),
    ],
    ids=["unknown", "bound elsewhere"],
)
async def test_a_workspace_that_is_not_there_for_the_caller_is_the_same_404(at: UUID, caller: Caller) -> None:
    refused = await refusal(READ, at=at, caller=caller, roles=Roles(Role.OWNER))
    assert (type(refused), str(refused)) == (NotFound, str(NotFound()))


async def test_somebody_who_is_no_member_gets_a_404_whatever_they_wanted() -> None:
    assert isinstance(await refusal(OWN, caller=replace(TOKEN, scope=Scope.READ)), NotFound)


async def test_a_bound_token_sees_its_workspace() -> None:
    await admit(READ, caller=replace(TOKEN, stream_id=HERE), roles=Roles(Role.VIEWER))


async def test_a_role_that_is_too_low_is_told() -> None:
    refused = await refusal(MANAGE, roles=Roles(Role.MEMBER))
    assert (type(refused), refused.detail) == (NotAllowed, "This operation requires the role admin. Your role is member.")


async def test_a_remembered_role_admits_without_reading() -> None:
    roles = Roles(None, remembered=Role.MEMBER)
    await admit(CONTRIBUTE, roles=roles)
    assert roles.reads == 0


async def test_a_remembered_role_that_is_too_low_is_read_again() -> None:
    _, grant = await admit(MANAGE, roles=Roles(Role.ADMIN, remembered=Role.VIEWER))
    assert grant is not None
    assert grant.role is Role.ADMIN


async def test_a_refusal_costs_one_read() -> None:
    roles = Roles(Role.VIEWER)
    await refusal(MANAGE, roles=roles)
    assert roles.reads == 1
