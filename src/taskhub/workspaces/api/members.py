"""Members: who is in a workspace, and as what."""

from datetime import datetime
from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.query_params import Flag, PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import NotAllowed, NotFound
from taskhub.workspaces.api.answers import position, show, with_name, with_names
from taskhub.workspaces.api.bodies import MemberPatch
from taskhub.workspaces.api.errors import InsufficientScope
from taskhub.workspaces.api.module import module_of
from taskhub.workspaces.api.paths import MEMBER, MEMBERS, names_caller
from taskhub.workspaces.api.replays import replay_to_former_self
from taskhub.workspaces.application.change_member import ChangeMember
from taskhub.workspaces.application.remove_member import RemoveMember
from taskhub.workspaces.application.views import MemberView, NamedMember
from taskhub.workspaces.contract.access import LEAVE, MANAGE, READ
from taskhub.workspaces.domain.errors import LastOwner

MEMBER_ROUTES = Routes("Members")


class MemberListParams(PageParams):
    former: Flag = False


@MEMBER_ROUTES.get(MEMBERS, READ, summary="List the members, in the order in which they joined", answers=Page[NamedMember])
async def list_members(request: ApiRequest, workspace_id: UUID, query: MemberListParams) -> Response:
    """With `former=true` those who have left instead, in the order in which they left."""
    module = module_of(request)
    limit = query.limit + 1
    members = await module.queries().members(workspace_id, former=query.former, after=position(request), limit=limit)
    page = members[: query.limit]
    after = _place_of(page[-1]) if len(members) > len(page) else None
    return request.page(await with_names(page, module.account_names()), after)


def _place_of(member: MemberView) -> tuple[datetime, UUID]:
    return member.left_at or member.joined_at, member.user_id


@MEMBER_ROUTES.get(MEMBER, READ, summary="Read a member", answers=NamedMember, etag=False)
async def get_member(request: ApiRequest, workspace_id: UUID, user_id: str) -> Response:
    """Whoever has left is still found, with `left_at`, without role and email; who closed the account is `Deleted user`."""
    module = module_of(request)
    view = await module.queries().member(workspace_id, request.user_id(user_id))
    if view is None:
        raise NotFound
    (member,) = await with_names([view], module.account_names())
    return show(member)


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
    command = ChangeMember(workspace_id, request.user_id(user_id), body.new_role(), request.caller.user_id, request.expected)
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
        await request.authorize(MANAGE)
    command = RemoveMember(workspace_id, request.user_id(user_id), caller.user_id, request.expected)
    return request.answer(await request.run(module.runner(), module.remove_member(), command, Reply(204)))
