"""Responses: the representations in the event log, with the role of the caller and the names of accounts."""

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
    """A response without an `ETag`, because the representation depends on more than its version."""
    return JsonResponse(200, encode(view))


def with_role(role: Role) -> Callable[[WorkspaceView], WorkspaceForMember]:
    """A workspace with the role of the caller."""
    return lambda view: workspace_for(view, role)


async def with_name(user_id: UUID, accounts: Accounts) -> Callable[[MemberView], NamedMember]:
    """A member with the name of their account."""
    account = (await accounts.names([user_id]))[user_id]
    return lambda view: named_member(view, account.name, account.email)


async def with_names(members: Sequence[MemberView], accounts: Accounts) -> list[NamedMember]:
    names = await accounts.names(member.user_id for member in members)
    return [named_member(member, names[member.user_id].name, names[member.user_id].email) for member in members]
