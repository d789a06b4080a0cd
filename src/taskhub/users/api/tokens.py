"""API tokens."""

from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.operations import Privacy, Routes
from taskhub.kernel.api.preconditions import etag
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse, Page
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import StaleVersion, UnknownReference
from taskhub.users.api.bodies import NewToken
from taskhub.users.api.module import module_of
from taskhub.users.api.sessions import current_session
from taskhub.users.application.create_token import CreateToken
from taskhub.users.application.revoke_token import RevokeToken
from taskhub.users.application.views import IssuedToken, TokenView
from taskhub.users.contract.access import OWN_ACCOUNT

PATH = "/v1/tokens"
TOKENS = Routes("API tokens")


@TOKENS.post(
    PATH,
    OWN_ACCOUNT,
    status_code=201,
    privacy=Privacy.SECRET,
    summary="Create an API token",
    answers=IssuedToken,
    etag=True,
    errors=(UnknownReference,),
)
async def create_token(request: ApiRequest, body: NewToken) -> Response:
    users = module_of(request)
    command = CreateToken(
        new_id(),
        request.caller.user_id,
        current_session(request),
        body.name,
        tuple(Scope[key.upper()] for key in body.scopes),
        body.expires_at,
        body.workspace_id,
    )
    created = await users.runner().perform(users.create_token(), command, request.command_context())
    view = IssuedToken(**msgspec.structs.asdict(created.view), token=created.secret)
    headers = [(b"location", f"{PATH}/{command.id}".encode()), (b"etag", etag(1))]
    return JsonResponse(201, msgspec.json.encode(view), headers)


@TOKENS.get(PATH, OWN_ACCOUNT, summary="List one's API tokens, newest first", answers=Page[TokenView])
async def list_tokens(request: ApiRequest, page: PageParams) -> Response:
    position = request.position()
    after = UUID(position[0]) if position else None
    items = await module_of(request).queries().tokens(request.caller.user_id, after, page.limit + 1)
    has_more = len(items) > page.limit
    return request.page(items[: page.limit], [items[page.limit - 1].id] if has_more else None)


@TOKENS.get(PATH + "/{token_id}", OWN_ACCOUNT, summary="Read an API token", answers=TokenView)
async def get_token(request: ApiRequest, token_id: UUID) -> Response:
    return JsonResponse(200, msgspec.json.encode(await module_of(request).queries().token(request.caller.user_id, token_id)))


@TOKENS.delete(
    PATH + "/{token_id}",
    OWN_ACCOUNT,
    status_code=204,
    summary="Revoke an API token",
    errors=(StaleVersion,),
    conditional=False,
    retryable=False,
)
async def delete_token(request: ApiRequest, token_id: UUID) -> Response:
    users = module_of(request)
    command = RevokeToken(request.caller.user_id, token_id, request.expected)
    await users.runner().perform(users.revoke_token(), command, request.command_context())
    return JsonResponse(204, b"")
