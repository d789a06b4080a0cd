"""What answers add to the logged representations: the caller's role, and the names of accounts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.application.commands import Answer
from taskhub.users.contract.accounts import Accounts
from taskhub.workspaces.application.queries import Position
from taskhub.workspaces.application.views import MemberView, NamedMember, WorkspaceView, named_member, workspace_for
from taskhub.workspaces.contract.access import Role

encode = msgspec.json.Encoder().encode


def show(view: Any) -> JsonResponse:
    """A representation that depends on more than its version, so it carries no ETag."""
    return JsonResponse(200, encode(view))


def answer_workspace(request: ApiRequest, answer: Answer, role: Role) -> JsonResponse:
    view = msgspec.json.decode(answer.body, type=WorkspaceView)
    return request.answer(replace(answer, version=None, body=encode(workspace_for(view, role))))


async def answer_member(request: ApiRequest, answer: Answer, accounts: Accounts) -> JsonResponse:
    (member,) = await with_names([msgspec.json.decode(answer.body, type=MemberView)], accounts)
    return request.answer(replace(answer, version=None, body=encode(member)))


async def with_names(members: Sequence[MemberView], accounts: Accounts) -> list[NamedMember]:
    names = await accounts.names(member.user_id for member in members)
    return [named_member(member, names[member.user_id].name, names[member.user_id].email) for member in members]


def position(request: ApiRequest, cursor: str | None) -> Position | None:
    """The place that a cursor of ours stands for.

    Raises:
        InvalidCursor
    """
    place = request.position(cursor)
    return None if place is None else msgspec.convert(place, type=Position)
