"""Routes of invitations. Their tokens are secrets. `Idempotency-Key` is ignored, since answers with secrets are not stored."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.responses import Response

from taskhub.kernel.api.list_validators import NoValidator
from taskhub.kernel.api.operations import Privacy, Routes
from taskhub.kernel.api.preconditions import IfMatch, etag
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse, Page
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import NotFound, StaleVersion
from taskhub.workspaces.api.answers import encode, with_names
from taskhub.workspaces.api.bodies import Acceptance, NewInvitation
from taskhub.workspaces.api.module import module_of
from taskhub.workspaces.api.pages import page_of
from taskhub.workspaces.api.paths import ACCEPT, INVITATION, INVITATIONS, invitation_path, member_path
from taskhub.workspaces.application.accept_invitation import AcceptInvitation
from taskhub.workspaces.application.create_invitation import CreateInvitation
from taskhub.workspaces.application.queries import OLDEST_FIRST
from taskhub.workspaces.application.revoke_invitation import RevokeInvitation
from taskhub.workspaces.application.views import (
    InvitationView,
    IssuedInvitation,
    NamedMember,
    invitation_view,
    issued_invitation,
    member_view,
)
from taskhub.workspaces.contract.access import MANAGE, READ, Role
from taskhub.workspaces.domain.errors import AlreadyMember
from taskhub.workspaces.domain.invitation_token import InvitationToken

INVITATION_ROUTES = Routes("Invitations")


@INVITATION_ROUTES.get(
    INVITATIONS,
    READ,
    summary="List the open invitations, oldest first",
    answers=Page[InvitationView],
    validator=NoValidator("invitations expire, which no event tells"),
)
async def list_invitations(request: ApiRequest, workspace_id: UUID, query: Annotated[PageParams, Query()]) -> Response:
    module = module_of(request)
    page = page_of(request, query, OLDEST_FIRST)
    found = await module.queries().invitations(workspace_id, page, now=module.clock()())
    return request.page(found.items, found.after)


@INVITATION_ROUTES.post(
    INVITATIONS,
    MANAGE,
    status_code=201,
    privacy=Privacy.SECRET,
    summary="Invite somebody to a workspace",
    answers=IssuedInvitation,
    etag=True,
)
async def create_invitation(request: ApiRequest, workspace_id: UUID, body: NewInvitation) -> Response:
    module = module_of(request)
    token = InvitationToken.mint(workspace_id, body.id)
    command = CreateInvitation(token, Role.of(body.role), body.expires_at, request.caller.user_id)
    invitation = await request.perform(module.create_invitation, command)
    issued = issued_invitation(invitation_view(invitation), token.text)
    headers = [(b"etag", etag(invitation.version)), (b"location", invitation_path(workspace_id, invitation.id).encode())]
    return JsonResponse(201, encode(issued), headers)


@INVITATION_ROUTES.delete(
    INVITATION,
    MANAGE,
    status_code=204,
    summary="Revoke an invitation",
    errors=(StaleVersion,),
    if_match=IfMatch.OPTIONAL,
    retryable=False,
)
async def delete_invitation(request: ApiRequest, workspace_id: UUID, invitation_id: UUID) -> Response:
    module = module_of(request)
    command = RevokeInvitation(workspace_id, invitation_id, request.caller.user_id, request.expected)
    await request.perform(module.revoke_invitation, command)
    return JsonResponse(204, b"")


@INVITATION_ROUTES.post(
    ACCEPT,
    Access(Scope.WRITE),
    status_code=201,
    summary="Accept an invitation",
    answers=NamedMember,
    errors=(NotFound, AlreadyMember),
    retryable=False,
    etag=False,
)
async def accept_invitation(request: ApiRequest, body: Acceptance) -> Response:
    module, caller = module_of(request), request.caller
    token = InvitationToken.parse(body.token)
    if token is None or caller.stream_id not in (None, token.workspace_id):
        raise NotFound
    command = AcceptInvitation(token, caller.user_id)
    member = await request.perform(module.accept_invitation, command)
    (named,) = await with_names([member_view(member)], module.account_names())
    location = member_path(token.workspace_id, caller.user_id)
    return JsonResponse(201, encode(named), [(b"location", location.encode())])
