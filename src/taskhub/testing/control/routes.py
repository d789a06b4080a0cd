"""The operations of the control interface."""

import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.operations import Privacy, Routes
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.contract.access import PUBLIC, Access
from taskhub.kernel.contract.caller import Scope
from taskhub.kernel.domain.errors import NotFound, UnknownReference
from taskhub.testing.control import bodies
from taskhub.testing.control.errors import EventNotSeen, NotSettled
from taskhub.testing.control.log import EventView
from taskhub.testing.control.people import CredentialView, MemberAccountView, TenantView
from taskhub.workspaces.contract.access import Role

TAG = "Testing"
ROUTES = Routes(TAG)
WARNING = "This server is for tests: who reaches it can do anything, and what is stored in it may be lost at any time."

_SECRET = Access(Scope.ADMIN)
_ONCE: dict[str, Any] = {"if_match": IfMatch.REFUSED, "retryable": False, "etag": False, "privacy": Privacy.SECRET}


def _control(request: ApiRequest) -> Any:
    return request.app.state.control


def _people(request: ApiRequest) -> Any:
    return _control(request).people(f"{request.method} {request.path}")


def _answer(view: Any, status: int = 200) -> Response:
    return JsonResponse(status, msgspec.json.encode(view))


@ROUTES.get("/", PUBLIC, summary="Read where the service is", answers=bodies.ServerView)
async def get_server(request: ApiRequest) -> Response:
    control = _control(request)
    return _answer(bodies.ServerView("TaskHub testing server", request.app.version, control.url, os.getpid(), WARNING))


@ROUTES.get("/openapi.json", PUBLIC, summary="Read this OpenAPI document", answers=dict)
async def get_control_openapi(request: ApiRequest) -> Response:
    return JsonResponse(200, _control(request).document)


@ROUTES.post("/tenants", _SECRET, status_code=201, summary="Create a workspace of its own", answers=TenantView, **_ONCE)
async def create_tenant(request: ApiRequest, body: bodies.NewTenant) -> Response:
    """Creates a workspace with an owner, an account with the role that you ask for, and a project (none, if `project` is null).

    The tokens are API tokens that may do all that their role may. They never end by themselves, however far the clock is moved.
    """
    async with _people(request) as people:
        return _answer(await people.tenant(body.of_role, body.project), 201)


@ROUTES.post(
    "/workspaces/{workspace_id}/members",
    _SECRET,
    status_code=201,
    summary="Add a new account to a workspace",
    answers=MemberAccountView,
    errors=(NotFound,),
    **_ONCE,
)
async def create_member(request: ApiRequest, workspace_id: UUID, body: bodies.NewMember) -> Response:
    async with _people(request) as people:
        return _answer(await people.member(workspace_id, Role.of(body.role)), 201)


@ROUTES.post("/users/{user_id}/sessions", _SECRET, status_code=201, summary="Sign somebody in", answers=CredentialView, **_ONCE)
async def create_user_session(request: ApiRequest, user_id: UUID) -> Response:
    """The access token ends as it does after any sign-in. Move the clock to see that."""
    async with _people(request) as people:
        return _answer(await people.session(user_id), 201)


@ROUTES.post("/users/{user_id}/tokens", _SECRET, status_code=201, summary="Create an API token", answers=CredentialView, **_ONCE)
async def create_user_token(request: ApiRequest, user_id: UUID, body: bodies.NewUserToken) -> Response:
    lifetime = None if body.lifetime_seconds is None else timedelta(seconds=body.lifetime_seconds)
    async with _people(request) as people:
        return _answer(await people.token(user_id, body.of_scope, lifetime, body.workspace_id), 201)


@ROUTES.get(
    "/workspaces/{workspace_id}/events/{type}",
    _SECRET,
    summary="Wait for an event",
    answers=EventView,
    errors=(EventNotSeen,),
    **_ONCE | {"if_match": IfMatch.READ},
)
async def wait_for_event(request: ApiRequest, workspace_id: UUID, type: str, query: bodies.EventQuery) -> Response:
    """Answers with the first event of this type after the place `after` in the log of the workspace, as soon as it is there."""
    return _answer(
        await _control(request).event(workspace_id, type, entity_id=query.entity, after=query.after, seconds=query.timeout)
    )


@ROUTES.post("/settle", _SECRET, summary="Wait until all is done", answers=bodies.SettledView, errors=(NotSettled,), **_ONCE)
async def settle(request: ApiRequest, body: bodies.Patience) -> Response:
    """Answers when the background work has nothing left to do: every subscriber has handled what is in the logs."""
    control = _control(request)
    await control.settle(body.timeout)
    return _answer(bodies.SettledView(control.clock()))


@ROUTES.post("/purges", _SECRET, summary="Run all purges", answers=bodies.PurgesView, errors=(NotSettled,), **_ONCE)
async def run_purges(request: ApiRequest) -> Response:
    return _answer(bodies.PurgesView(await _control(request).purge(bodies.PATIENCE_SECONDS)))


@ROUTES.post("/reset", _SECRET, status_code=204, summary="Remove everything", **_ONCE)
async def reset(request: ApiRequest) -> Response:
    """Removes all that is stored and all faults. The clock shows the time of the machine again."""
    await _control(request).reset()
    return JsonResponse(204, b"")


@ROUTES.get("/clock", _SECRET, summary="Read the clock", answers=bodies.ClockView, **_ONCE | {"if_match": IfMatch.READ})
async def get_clock(request: ApiRequest) -> Response:
    return _clock(request)


@ROUTES.post("/clock/advance", _SECRET, summary="Move the clock forward", answers=bodies.ClockView, errors=(NotSettled,), **_ONCE)
async def advance_clock(request: ApiRequest, body: bodies.ClockStep) -> Response:
    """Answers when everything that became due on the way was done: purges ran, subscribers handled what there was for them."""
    control = _control(request)
    await control.advance(timedelta(seconds=body.seconds), body.timeout)
    return _clock(request)


@ROUTES.post("/clock/freeze", _SECRET, summary="Stop the clock", answers=bodies.ClockView, **_ONCE)
async def freeze_clock(request: ApiRequest) -> Response:
    _control(request).clock.freeze()
    return _clock(request)


@ROUTES.post("/clock/resume", _SECRET, summary="Let the clock go on", answers=bodies.ClockView, **_ONCE)
async def resume_clock(request: ApiRequest) -> Response:
    _control(request).clock.resume()
    return _clock(request)


@ROUTES.get("/faults", _SECRET, summary="List the faults", answers=bodies.FaultList, **_ONCE | {"if_match": IfMatch.READ})
async def list_faults(request: ApiRequest) -> Response:
    return _answer(bodies.FaultList([bodies.InjectedFaultView.of(fault) for fault in _control(request).faults]))


@ROUTES.post(
    "/faults",
    _SECRET,
    status_code=201,
    summary="Ask for a fault",
    answers=bodies.InjectedFaultView,
    errors=(UnknownReference,),
    **_ONCE,
)
async def create_fault(request: ApiRequest, body: bodies.NewFault) -> Response:
    """- `fail`: the operation answers with the problem `code` (503 `unavailable` where none is given) and does nothing. With
      `after_commit` it does its work first.
    - `lose_reply`: the operation does its work, and the connection is closed instead of an answer.
    - `delay`: the operation starts `seconds` later.
    - `database_down`: the database is away. If that is for all requests of everybody, and always, it is for the background, too.

    With `workspace_id` and `user_id` it is for requests about this workspace, and for those of this user that are about none;
    without them for all requests. `times`: how often; always, where it is null.
    """
    fault = _control(request).add_fault(body)
    return _answer(bodies.InjectedFaultView.of(fault), 201)


@ROUTES.delete("/faults/{fault_id}", _SECRET, status_code=204, summary="End a fault", **_ONCE | {"if_match": IfMatch.OPTIONAL})
async def delete_fault(request: ApiRequest, fault_id: UUID) -> Response:
    _control(request).faults.remove(fault_id)
    return JsonResponse(204, b"")


@ROUTES.delete("/faults", _SECRET, status_code=204, summary="End all faults", **_ONCE | {"if_match": IfMatch.OPTIONAL})
async def delete_faults(request: ApiRequest, query: bodies.FaultQuery) -> Response:
    """Those of one workspace, if `workspace` names it."""
    _control(request).faults.clear(query.workspace)
    return JsonResponse(204, b"")


def _clock(request: ApiRequest) -> Response:
    clock = _control(request).clock
    return _answer(bodies.ClockView(clock(), clock.is_frozen))
