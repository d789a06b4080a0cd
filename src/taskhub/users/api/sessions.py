"""Routes of sessions: sign in, renew, list and sign out."""

import hashlib
from dataclasses import replace
from uuid import UUID

import msgspec
import structlog
from starlette.responses import Response

from taskhub.kernel.api.operations import Privacy, Routes
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse, Page
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.contract.access import PUBLIC
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import StaleVersion
from taskhub.kernel.domain.ids import parse_id
from taskhub.users.api.bodies import Refresh, SignIn
from taskhub.users.api.module import module_of
from taskhub.users.api.pages import page_of
from taskhub.users.application.end_session import EndSession
from taskhub.users.application.open_session import OpenSession
from taskhub.users.application.queries import NEWEST_FIRST
from taskhub.users.application.refresh_session import RefreshSession
from taskhub.users.application.views import SessionTokens, SessionView
from taskhub.users.contract.access import OWN_ACCOUNT
from taskhub.users.contract.errors import InvalidToken
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.errors import InvalidCredentials

PATH = "/v1/sessions"
SESSIONS = Routes("Sessions")
log = structlog.get_logger("taskhub.users")


@SESSIONS.post(
    PATH,
    PUBLIC,
    status_code=201,
    privacy=Privacy.SECRET,
    summary="Sign in",
    answers=SessionTokens,
    errors=(InvalidCredentials,),
)
async def create_session(request: ApiRequest, body: SignIn) -> Response:
    users = module_of(request)
    request.limit_address()
    known = await users.passwords().find(body.email, request.address)
    request.limit_account(_account(body.email), knows_address=known is not None and known.knows_address)
    proof = await users.passwords().prove_found(known, body.password.get_secret_value())
    command = OpenSession(new_id(), proof, request.user_agent)
    context = replace(request.command_context(), actor_id=proof.user_id)
    signed_in = await users.open_session().perform(command, context)
    await _remember_address(request, signed_in.user_id)
    tokens = users.session_tokens()(signed_in)
    return JsonResponse(201, msgspec.json.encode(tokens), [(b"location", f"{PATH}/{signed_in.session_id}".encode())])


@SESSIONS.post(
    PATH + "/refresh",
    PUBLIC,
    privacy=Privacy.SECRET,
    summary="Renew a session",
    answers=SessionTokens,
    errors=(InvalidToken,),
)
async def refresh_session(request: ApiRequest, body: Refresh) -> Response:
    users = module_of(request)
    text = body.refresh_token.get_secret_value()
    request.limit_attempts(hashlib.sha256(text.encode()).hexdigest())
    token = users.refresh_tokens().read(text)
    if token is None:
        raise InvalidToken
    context = replace(request.command_context(), actor_id=token.user_id)
    signed_in = await users.refresh_session().perform(RefreshSession(token), context)
    if signed_in is None:
        log.warning("a spent refresh token was used again: the session was ended", session_id=token.session_id)
        raise InvalidToken
    return JsonResponse(200, msgspec.json.encode(users.session_tokens()(signed_in)))


@SESSIONS.get(PATH, OWN_ACCOUNT, summary="List your sessions, newest first", answers=Page[SessionView])
async def list_sessions(request: ApiRequest, query: PageParams) -> Response:
    users, page = module_of(request), page_of(request, query, NEWEST_FIRST)
    user_id, now = request.caller.user_id, users.clock()()
    found = await users.queries().sessions(user_id, current_session(request), page, now=now)
    return request.page(found.items, found.after)


@SESSIONS.get(PATH + "/{session}", OWN_ACCOUNT, summary="Read a session", answers=SessionView)
async def get_session(request: ApiRequest, session: str) -> Response:
    users = module_of(request)
    current = current_session(request)
    view = await users.queries().session(request.caller.user_id, current, _session_id(session, current), now=users.clock()())
    return JsonResponse(200, msgspec.json.encode(view))


@SESSIONS.delete(
    PATH + "/{session}",
    OWN_ACCOUNT,
    status_code=204,
    summary="Sign out",
    errors=(StaleVersion,),
    if_match=IfMatch.OPTIONAL,
    retryable=False,
)
async def delete_session(request: ApiRequest, session: str) -> Response:
    users = module_of(request)
    command = EndSession(request.caller.user_id, _session_id(session, current_session(request)), request.expected)
    await request.perform(users.end_session, command)
    return JsonResponse(204, b"")


async def _remember_address(request: ApiRequest, user_id: UUID) -> None:
    """Stores the address that the caller signed in from. The session is open already, so a failure here does not matter."""
    users = module_of(request)
    try:
        await users.sign_in_addresses().remember(user_id, request.address, now=users.clock()())
    except (Unavailable, Busy):
        log.warning("an address was not remembered: the database does not answer")


def current_session(request: ApiRequest) -> UUID:
    """The id of the caller's session. Routes that use it do not accept API tokens."""
    assert request.caller.session_id is not None
    return request.caller.session_id


def _session_id(text: str, current: UUID) -> UUID:
    return current if text == "current" else parse_id(text)


def _account(email: str) -> str:
    """The key that attempts are counted by: the same for every spelling of an email address."""
    try:
        return EmailAddress.parse(email).key
    except ValueError:
        return hashlib.sha256(email.encode()).hexdigest()
