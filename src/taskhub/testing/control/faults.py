"""Faults on demand: refused, late or lost answers of operations, and a database that is away; for one tenant, or for all."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import msgspec
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskhub.kernel.api.bodies import MAX_BYTES, ClientGone
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.problems import MEDIA_TYPE
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.domain.errors import DomainError, NotFound
from taskhub.kernel.domain.ids import parse_id
from taskhub.testing.control.database import database_away
from taskhub.testing.control.fault_registry import FaultRegistry, InjectedFault
from taskhub.testing.control.gate import Gate, Visit

ABORT = "taskhub.testing.abort"
"""Where the scope has what cuts the connection of a request, if it has one."""


class FaultyRouter:
    """Stands in front of the router of the service: faults happen inside all that makes answers of errors."""

    def __init__(self, router: Any, faults: FaultRegistry, gate: Gate) -> None:
        self._router = router
        self._faults = faults
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._router(scope, receive, send)
            return
        met = self._effective(await self._met(scope))
        for fault in met:
            fault.hit()
        if seconds := sum(fault.seconds for fault in met):
            receive = await _received(receive)
            await asyncio.sleep(seconds)
        with database_away(any(fault.kind == "database_down" for fault in met)):
            async with Visit(self._gate, f"{scope['method']} {scope['path']}", receive, send) as visit:
                await self._answer(met, scope, visit.receive, visit.send)

    async def _answer(self, met: Sequence[InjectedFault], scope: Scope, receive: Receive, send: Send) -> None:
        failing = next((one for one in met if one.kind == "fail"), None)
        is_lost = any(one.kind == "lose_reply" for one in met)
        if failing is not None and not failing.after_commit:
            await _refusal(failing, scope)(scope, receive, send)
        elif failing is None and not is_lost:
            await self._router(scope, receive, send)
        else:
            await self._answer_afterwards(failing, scope, receive, send, is_lost=is_lost)

    async def _answer_afterwards(
        self, failing: InjectedFault | None, scope: Scope, receive: Receive, send: Send, *, is_lost: bool
    ) -> None:
        """Has the operation do its work, and keeps its answer back. One that is a refusal has done nothing, and is told."""
        held: list[Message] = []
        try:
            await self._router(scope, receive, _keep(held))
        except DomainError:
            if failing is not None:
                failing.take_back()
            if not is_lost:
                raise
        if is_lost:
            await _cut(scope, receive)
        if failing is not None:
            await _refusal(failing, scope)(scope, receive, send)

    async def _met(self, scope: Scope) -> list[InjectedFault]:
        operation, workspace_id = self._called(scope)
        met = []
        for fault in self._faults:
            if fault.times == 0 or fault.operation_id not in (None, operation and operation.operation_id):
                continue
            if fault.is_for_everybody:
                met.append(fault)
            elif workspace_id is not None:
                met += [fault] * (workspace_id == fault.workspace_id)
            elif fault.user_id is not None and await _caller(scope) == fault.user_id:
                met.append(fault)
        return met

    def _effective(self, met: Sequence[InjectedFault]) -> list[InjectedFault]:
        """Those that a request meets in fact: one refusal is enough, and meanwhile another request may have used one up, or a
        test ended it.
        """
        left = [one for one in met if one.times != 0 and one in self._faults]
        refusals = [one for one in left if one.kind == "fail"]
        return [one for one in left if one.kind != "fail" or one is refusals[0]]

    def _called(self, scope: Scope) -> tuple[Operation | None, UUID | None]:
        """The operation, and the workspace that its path names."""
        for route in self._router.routes:
            match, found = route.matches(scope)
            if match is Match.FULL and isinstance(route, Operation):
                return route, _workspace(route, found["path_params"])
        return None, None


def _workspace(operation: Operation, parameters: Mapping[str, str]) -> UUID | None:
    """None also where what stands for it is no id."""
    name = operation.access.stream_parameter
    if name is None:
        return None
    with suppress(NotFound):
        return parse_id(parameters[name])
    return None


async def _caller(scope: Scope) -> UUID | None:
    header = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), None)
    try:
        return (await scope["app"].state.authorizer.authenticate(header)).user_id  # type: ignore[no-any-return]  # The state of an app is untyped.
    except DomainError:
        return None


def _refusal(fault: InjectedFault, scope: Scope) -> JsonResponse:
    """What the service would answer with this code."""
    problem = fault.problem
    assert problem is not None
    keyed = any(name == b"idempotency-key" for name, _ in scope["headers"])
    document = {
        "type": f"/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": "A test has asked for this answer.",
        "code": problem.code,
        "request_id": scope["request_id"],
        "retry": "no" if problem.retry == "same_key" and not keyed else problem.retry,
    }
    headers = [(b"retry-after", b"1")] if problem.status in (429, 503) else []
    return JsonResponse(problem.status, msgspec.json.encode(document), headers, MEDIA_TYPE)


async def _received(receive: Receive) -> Receive:
    """What gives a request again that has been received: it is done, though its client may not wait for it."""
    held: deque[Message] = deque()
    size, has_more = 0, True
    while has_more and size <= MAX_BYTES:
        message = await receive()
        held.append(message)
        size += len(message.get("body", b""))
        has_more = message.get("more_body", False)

    async def again() -> Message:
        return held.popleft() if held else await receive()

    return again


def _keep(held: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        held.append(message)

    return keep


async def _cut(scope: Scope, receive: Receive) -> None:
    """Ends the connection without an answer."""
    abort = scope.get(ABORT)
    if abort is not None:
        abort()
        while (await receive())["type"] != "http.disconnect":
            pass
    raise ClientGone


class Abortable:
    """The outermost layer: knows the connection of each request, where the server has one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = getattr(getattr(send, "__self__", None), "transport", None)
        if scope["type"] == "http" and transport is not None:
            scope[ABORT] = transport.abort
        await self._app(scope, receive, send)
