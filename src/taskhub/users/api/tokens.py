"""Routes of API tokens."""

from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.operations import Privacy, Routes
from taskhub.kernel.api.preconditions import IfMatch, etag
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse, Page
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import StaleVersion, UnknownReference
from taskhub.users.api.bodies import NewToken
from taskhub.users.api.module import module_of
from taskhub.users.api.pages import page_of
from taskhub.users.api.sessions import current_session
from taskhub.users.application.create_token import CreateToken
from taskhub.users.application.queries import NEWEST_FIRST
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
    created = await request.perform(users.create_token, command)
    view = IssuedToken(**msgspec.structs.asdict(created.view), token=created.secret)
    headers = [(b"location", f"{PATH}/{command.id}".encode()), (b"etag", etag(1))]
    return JsonResponse(201, msgspec.json.encode(view), headers)


@TOKENS.get(PATH, OWN_ACCOUNT, summary="List your API tokens, newest first", answers=Page[TokenView])
async def list_tokens(request: ApiRequest, query: PageParams) -> Response:
    page = page_of(request, query, NEWEST_FIRST)
    found = await module_of(request).queries().tokens(request.caller.user_id, page)
    return request.page(found.items, found.after)


@TOKENS.get(PATH + "/{token_id}", OWN_ACCOUNT, summary="Read an API token", answers=TokenView)
async def get_token(request: ApiRequest, token_id: UUID) -> Response:
    return JsonResponse(200, msgspec.json.encode(await module_of(request).queries().token(request.caller.user_id, token_id)))


@TOKENS.delete(
    PATH + "/{token_id}",
    OWN_ACCOUNT,
    status_code=204,
    summary="Revoke an API token",
    errors=(StaleVersion,),
    if_match=IfMatch.OPTIONAL,
    retryable=False,
)
async def delete_token(request: ApiRequest, token_id: UUID) -> Response:
    users = module_of(request)
    command = RevokeToken(request.caller.user_id, token_id, request.expected)
    await request.perform(users.revoke_token, command)
    return JsonResponse(204, b"")
