"""Routes of members and their roles."""

from uuid import UUID

from starlette.responses import Response

from taskhub.kernel.api.list_validators import NoValidator
from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.query_params import Flag, PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.domain.errors import NotAllowed, NotFound
from taskhub.workspaces.api.answers import show, with_name, with_names
from taskhub.workspaces.api.bodies import MemberPatch
from taskhub.workspaces.api.errors import InsufficientScope
from taskhub.workspaces.api.module import module_of
from taskhub.workspaces.api.pages import page_of
from taskhub.workspaces.api.paths import MEMBER, MEMBERS, names_caller
from taskhub.workspaces.api.replays import replay_to_former_self
from taskhub.workspaces.application.change_member import ChangeMember
from taskhub.workspaces.application.queries import IN_ORDER_OF_JOINING, IN_ORDER_OF_LEAVING
from taskhub.workspaces.application.remove_member import RemoveMember
from taskhub.workspaces.application.views import NamedMember
from taskhub.workspaces.contract.access import LEAVE, MANAGE, READ, WorkspaceAccess
from taskhub.workspaces.domain.errors import LastOwner

MEMBER_ROUTES = Routes("Members")


class MemberListParams(PageParams):
    former: Flag = False


@MEMBER_ROUTES.get(
    MEMBERS,
    READ,
    summary="List the members of a workspace",
    answers=Page[NamedMember],
    validator=NoValidator("names and emails are those of accounts, which have logs of their own"),
)
async def list_members(request: ApiRequest, workspace_id: UUID, query: MemberListParams) -> Response:
    """Members are sorted by the time at which they joined, former members (`former=true`) by the time at which they left."""
    module = module_of(request)
    page = page_of(request, query, IN_ORDER_OF_LEAVING if query.former else IN_ORDER_OF_JOINING)
    found = await module.queries().members(workspace_id, page)
    return request.page(await with_names(found.items, module.account_names()), found.after)


@MEMBER_ROUTES.get(MEMBER, READ, summary="Read a member", answers=NamedMember, etag=False)
async def get_member(request: ApiRequest, workspace_id: UUID, user_id: str) -> Response:
    """Former members are found as well: they have `left_at`, but no role and no email. If a former member closed the account, the
    name is `Deleted user`.
    """
    module = module_of(request)
    view = await module.queries().member(workspace_id, request.user_id(user_id))
    if view is None:
        raise NotFound
    (member,) = await with_names([view], module.account_names())
    return show(member)


@MEMBER_ROUTES.patch(
    MEMBER,
    MANAGE,
    summary="Change the role of a member",
    answers=NamedMember,
    errors=(LastOwner,),
    etag=False,
    replay_refused=replay_to_former_self,
)
async def change_member(request: ApiRequest, workspace_id: UUID, user_id: str, body: MemberPatch) -> Response:
    module = module_of(request)
    command = ChangeMember(workspace_id, request.user_id(user_id), body.new_role(), request.caller.user_id, request.expected)
    reply = Reply(present=await with_name(command.user_id, module.account_names()))
    return request.answer(await request.run(module.change_member, command, reply))


def _access_to_remove(request: ApiRequest) -> WorkspaceAccess:
    return LEAVE if names_caller(request) else MANAGE


@MEMBER_ROUTES.delete(
    MEMBER,
    LEAVE,
    access_of=_access_to_remove,
    status_code=204,
    summary="Remove a member, or leave a workspace",
    errors=(InsufficientScope, NotAllowed, LastOwner),
    replay_refused=replay_to_former_self,
)
async def delete_member(request: ApiRequest, workspace_id: UUID, user_id: str) -> Response:
    module = module_of(request)
    command = RemoveMember(workspace_id, request.user_id(user_id), request.caller.user_id, request.expected)
    return request.answer(await request.run(module.remove_member, command, Reply(204)))
