"""Routes of workspaces."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from taskhub.kernel.api.operations import Routes
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import Page
from taskhub.kernel.application.commands import Reply
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import NotFound
from taskhub.workspaces.api.answers import show, with_role
from taskhub.workspaces.api.bodies import NewWorkspace, WorkspacePatch
from taskhub.workspaces.api.errors import TokenBound
from taskhub.workspaces.api.module import module_of
from taskhub.workspaces.api.pages import page_of
from taskhub.workspaces.api.paths import WORKSPACE, WORKSPACES, workspace_path
from taskhub.workspaces.api.replays import replay_to_former_owner
from taskhub.workspaces.application.change_workspace import ChangeWorkspace
from taskhub.workspaces.application.delete_workspace import DeleteWorkspace
from taskhub.workspaces.application.queries import OLDEST_FIRST
from taskhub.workspaces.application.views import WorkspaceForMember
from taskhub.workspaces.contract.access import MANAGE, OWN, READ, Role

WORKSPACE_ROUTES = Routes("Workspaces")


@WORKSPACE_ROUTES.get(WORKSPACE, READ, summary="Read a workspace", answers=WorkspaceForMember, etag=False)
async def get_workspace(request: ApiRequest, workspace_id: UUID) -> Response:
    view = await module_of(request).queries().workspace(workspace_id, request.caller.user_id)
    if view is None:
        raise NotFound
    return show(view)


@WORKSPACE_ROUTES.get(
    WORKSPACES,
    Access(Scope.READ),
    summary="List your workspaces, oldest first",
    answers=Page[WorkspaceForMember],
)
async def list_workspaces(request: ApiRequest, query: Annotated[PageParams, Query()]) -> Response:
    caller, page = request.caller, page_of(request, query, OLDEST_FIRST)
    found = await module_of(request).queries().workspaces_of(caller.user_id, page, only=caller.stream_id)
    return request.page(found.items, found.after)


@WORKSPACE_ROUTES.post(
    WORKSPACES,
    Access(Scope.WRITE),
    status_code=201,
    summary="Create a workspace",
    answers=WorkspaceForMember,
    errors=(TokenBound,),
    etag=False,
)
async def create_workspace(request: ApiRequest, body: NewWorkspace) -> Response:
    if request.caller.stream_id is not None:
        raise TokenBound
    module = module_of(request)
    reply = Reply(201, workspace_path(body.id), present=with_role(Role.OWNER))
    command = body.command(request.caller.user_id)
    return request.answer(await request.run(module.create_workspace, command, reply))


@WORKSPACE_ROUTES.patch(WORKSPACE, MANAGE, summary="Change a workspace", answers=WorkspaceForMember, etag=False)
async def change_workspace(request: ApiRequest, workspace_id: UUID, body: WorkspacePatch) -> Response:
    module = module_of(request)
    command = ChangeWorkspace(workspace_id, body.changes(), request.expected)
    reply = Reply(present=with_role(request.grant.role))
    return request.answer(await request.run(module.change_workspace, command, reply))


@WORKSPACE_ROUTES.delete(
    WORKSPACE, OWN, status_code=204, summary="Delete a workspace for all its members", replay_refused=replay_to_former_owner
)
async def delete_workspace(request: ApiRequest, workspace_id: UUID) -> Response:
    module = module_of(request)
    command = DeleteWorkspace(workspace_id, request.expected)
    return request.answer(await request.run(module.delete_workspace, command, Reply(204)))
