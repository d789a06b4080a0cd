"""What answers add to the logged representations: the caller's role, and the names of accounts."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from taskhub.kernel.api.responses import JsonResponse
from taskhub.users.contract.accounts import Accounts
from taskhub.workspaces.application.views import (
    MemberView,
    NamedMember,
    WorkspaceForMember,
    WorkspaceView,
    named_member,
    workspace_for,
)
from taskhub.workspaces.contract.access import Role

encode = msgspec.json.Encoder().encode


def show(view: Any) -> JsonResponse:
    """A representation that depends on more than its version, so it carries no ETag."""
    return JsonResponse(200, encode(view))


def with_role(role: Role) -> Callable[[WorkspaceView], WorkspaceForMember]:
    """Shows a workspace as a member of this role sees it."""
    return lambda view: workspace_for(view, role)


async def with_name(user_id: UUID, accounts: Accounts) -> Callable[[MemberView], NamedMember]:
    """Shows a member with what their account is called."""
    account = (await accounts.names([user_id]))[user_id]
    return lambda view: named_member(view, account.name, account.email)


async def with_names(members: Sequence[MemberView], accounts: Accounts) -> list[NamedMember]:
    names = await accounts.names(member.user_id for member in members)
    return [named_member(member, names[member.user_id].name, names[member.user_id].email) for member in members]
