"""Routes of the caller's own account."""

from dataclasses import replace

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.operations import Privacy, Routes
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.application.commands import Answer, Reply
from taskhub.kernel.contract.access import PUBLIC
from taskhub.kernel.contract.ids import new_id
from taskhub.users.api.bodies import AccountClosing, NewUser, PasswordChange, UserPatch
from taskhub.users.api.module import module_of
from taskhub.users.application.change_account import ChangeAccount
from taskhub.users.application.change_password import ChangePassword
from taskhub.users.application.close_account import CloseAccount
from taskhub.users.application.create_user import CreateUser, require_open
from taskhub.users.application.passwords import Proof
from taskhub.users.application.views import UserView
from taskhub.users.contract.access import OWN_ACCOUNT, READ_ACCOUNT
from taskhub.users.domain.email import EmailAddress
from taskhub.users.domain.errors import EmailTaken, RegistrationClosed, WrongPassword

ME = "/v1/users/me"
ACCOUNTS = Routes("Users")


@ACCOUNTS.post(
    "/v1/users",
    PUBLIC,
    status_code=201,
    privacy=Privacy.SECRET,
    summary="Create an account",
    answers=UserView,
    errors=(RegistrationClosed, EmailTaken),
    etag=True,
)
async def create_user(request: ApiRequest, body: NewUser) -> Response:
    users = module_of(request)
    email = EmailAddress.parse(body.email)
    request.limit_attempts(email.key)
    require_open(users.registration())
    id, password_hash = new_id(), await users.passwords().hash(body.password.get_secret_value())
    command = CreateUser(id, email, body.name, body.time_zone, password_hash)
    context = replace(request.command_context(), actor_id=id)
    return request.answer(await users.create_user().run(command, context, Reply(201, ME)))


@ACCOUNTS.get(ME, READ_ACCOUNT, privacy=Privacy.SECRET, summary="Read your account", answers=UserView)
async def get_me(request: ApiRequest) -> Response:
    view = await module_of(request).queries().user(request.caller.user_id)
    return JsonResponse(200, msgspec.json.encode(view))


@ACCOUNTS.patch(
    ME,
    OWN_ACCOUNT,
    privacy=Privacy.SECRET,
    summary="Change your account",
    answers=UserView,
    errors=(EmailTaken, WrongPassword),
    retryable=True,
)
async def change_me(request: ApiRequest, body: UserPatch) -> Response:
    users = module_of(request)
    given = body.model_fields_set
    is_secret = "current_password" in given
    if is_secret:
        request.require_condition()
    command = ChangeAccount(
        request.caller.user_id,
        name=body.name if "name" in given else None,
        time_zone=body.time_zone if "time_zone" in given else None,
        email=EmailAddress.parse(body.email) if "email" in given else None,
        proof=await _prove(request, body.current_password.get_secret_value()) if is_secret and "email" in given else None,
        expected=request.expected,
    )
    if is_secret:
        # A digest of this body, stored with its key, would be a digest of the password.
        context = replace(request.command_context(), idempotency_key=None)
        return _shown(await users.change_account().run(command, context, Reply()))
    return _shown(await request.run(users.change_account, command, Reply()))


@ACCOUNTS.put(
    ME + "/password",
    OWN_ACCOUNT,
    status_code=204,
    privacy=Privacy.SECRET,
    summary="Change your password",
    errors=(WrongPassword,),
)
async def change_password(request: ApiRequest, body: PasswordChange) -> Response:
    users = module_of(request)
    proof = await _prove(request, body.current_password.get_secret_value())
    password_hash = await users.passwords().hash(body.new_password.get_secret_value())
    command = ChangePassword(proof, password_hash, request.caller.session_id, body.revoke_tokens, request.expected)
    await request.perform(users.change_password, command)
    return JsonResponse(204, b"")


@ACCOUNTS.delete(
    ME,
    OWN_ACCOUNT,
    status_code=204,
    privacy=Privacy.SECRET,
    summary="Close your account permanently",
    errors=(WrongPassword,),
)
async def close_account(request: ApiRequest, body: AccountClosing) -> Response:
    users = module_of(request)
    proof = await _prove(request, body.current_password.get_secret_value())
    await request.perform(users.close_account, CloseAccount(proof, request.expected))
    return JsonResponse(204, b"")


async def _prove(request: ApiRequest, password: str) -> Proof:
    """Checks the current password. Attempts count like sign-ins, so that a stolen session can't be used to guess the password."""
    request.limit_attempts(str(request.caller.user_id))
    return await module_of(request).passwords().prove(request.caller.user_id, password)


def _shown(answer: Answer) -> JsonResponse:
    """The account without an `ETag`: paths with `me` mean another resource for each caller."""
    headers = [(b"idempotency-replayed", b"true")] if answer.replayed else []
    return JsonResponse(answer.reply.status, answer.body, headers)
