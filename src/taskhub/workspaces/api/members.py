"""Members: who is in a workspace, and as what."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.queries import PageQuery
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import NotAllowed, NotFound
from taskhub.users.contract.accounts import DELETED
from taskhub.workspaces.api.answers import position, show, with_name, with_names
from taskhub.workspaces.api.bodies import MemberPatch
from taskhub.workspaces.api.module import module_of
from taskhub.workspaces.api.paths import MEMBER, MEMBERS, names_caller, user_of
from taskhub.workspaces.api.refusals import InsufficientScope
from taskhub.workspaces.api.replays import replay_to_former_self
from taskhub.workspaces.application.change_member import ChangeMember
from taskhub.workspaces.application.remove_member import RemoveMember
from taskhub.workspaces.application.views import MemberView, NamedMember
from taskhub.workspaces.contract.access import LEAVE, MANAGE, READ
from taskhub.workspaces.domain.errors import LastOwner

MEMBER_ROUTES = Routes("Members")


@MEMBER_ROUTES.get(MEMBERS, READ, summary="List the members, in the order in which they joined", answers=Page[NamedMember])
async def list_members(request: ApiRequest, workspace_id: UUID, query: Annotated[PageQuery, Query()]) -> Response:
    module = module_of(request)
    members = await module.queries().members(workspace_id, after=position(request), limit=query.limit + 1)
    page = members[: query.limit]
    after = (page[-1].joined_at, page[-1].user_id) if len(members) > len(page) else None
    return request.page(await with_names(page, module.account_names()), after)


@MEMBER_ROUTES.get(MEMBER, READ, summary="Read a member", answers=NamedMember, etag=False)
async def get_member(request: ApiRequest, workspace_id: UUID, user_id: str) -> Response:
    """Whoever was a member and has closed the account since is still found, as `Deleted user`."""
    module = module_of(request)
    id = user_of(request, user_id)
    view = await module.queries().member(workspace_id, id) or await _deleted_user(request, workspace_id, id)
    if view is None:
        raise NotFound
    (member,) = await with_names([view], module.account_names())
    return show(member)


async def _deleted_user(request: ApiRequest, workspace_id: UUID, user_id: UUID) -> MemberView | None:
    module = module_of(request)
    former = await module.queries().former_member(workspace_id, user_id)
    names = await module.account_names().names([user_id]) if former else {}
    return former if names.get(user_id) is DELETED else None


@MEMBER_ROUTES.patch(
    MEMBER,
    MANAGE,
    summary="Give a member another role",
    answers=NamedMember,
    errors=(LastOwner,),
    etag=False,
    replay_refused=replay_to_former_self,
)
async def change_member(request: ApiRequest, workspace_id: UUID, user_id: str, body: MemberPatch) -> Response:
    module = module_of(request)
    command = ChangeMember(workspace_id, user_of(request, user_id), body.new_role(), request.caller.user_id, request.expected)
    reply = Reply(present=await with_name(command.user_id, module.account_names()))
    return request.answer(await request.run(module.runner(), module.change_member(), command, reply))


@MEMBER_ROUTES.delete(
    MEMBER,
    LEAVE,
    status_code=204,
    summary="Remove a member, or leave",
    errors=(InsufficientScope, NotAllowed, LastOwner),
    replay_refused=replay_to_former_self,
)
async def delete_member(request: ApiRequest, workspace_id: UUID, user_id: str) -> Response:
    module, caller = module_of(request), request.caller
    if not names_caller(request):
        await request.admit(MANAGE)
    command = RemoveMember(workspace_id, user_of(request, user_id), caller.user_id, request.expected)
    return request.answer(await request.run(module.runner(), module.remove_member(), command, Reply(204)))
