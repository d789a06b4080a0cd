"""Faults on demand: refused, late or lost answers of operations, and a database that is away; for one tenant, or for all."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskhub.kernel.api.bodies import ClientGone
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.problems import MEDIA_TYPE
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.domain.errors import DomainError, NotFound
from taskhub.kernel.infrastructure.postgres.database import Connection, Database
from taskhub.service.reference.catalogue import Problem

Kind = Literal["fail", "lose_reply", "delay", "database_down"]
ABORT = "taskhub.testing.abort"
"""Where the scope has what cuts the connection of a request, if it has one."""
_AWAY = "The database does not answer. Nothing was changed."


@dataclass(slots=True)
class InjectedFault:
    """``times``: how often still; None for always. ``operation_id``: None for all of them.

    Without a workspace and a user it is for everybody. With them it is for requests about this workspace, and for those of this
    user that are about none.
    """

    id: UUID
    kind: Kind
    operation_id: str | None
    problem: Problem | None
    seconds: float
    after_commit: bool
    times: int | None
    workspace_id: UUID | None
    user_id: UUID | None
    hits: int = 0

    def hit(self) -> None:
        self.hits += 1
        if self.times is not None:
            self.times -= 1

    def take_back(self) -> None:
        """It had nothing to do."""
        self.hits -= 1
        if self.times is not None:
            self.times += 1


class FaultRegistry:
    """The faults of one application."""

    def __init__(self) -> None:
        self._faults: dict[UUID, InjectedFault] = {}

    def __iter__(self) -> Iterator[InjectedFault]:
        return iter([*self._faults.values()])

    def add(self, **of: Any) -> InjectedFault:
        fault = InjectedFault(id=uuid4(), **of)
        self._faults[fault.id] = fault
        return fault

    def remove(self, id: UUID) -> None:
        """Raises:
        NotFound
        """
        if self._faults.pop(id, None) is None:
            raise NotFound("There is no such fault.")

    def clear(self, workspace_id: UUID | None = None) -> None:
        """All of them, or those of one workspace."""
        kept = () if workspace_id is None else [one for one in self if one.workspace_id != workspace_id]
        self._faults = {one.id: one for one in kept}


class FaultyRouter:
    """Stands in front of the router of the service: faults happen inside all that makes answers of errors."""

    def __init__(self, router: Any, faults: FaultRegistry) -> None:
        self._router = router
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._router(scope, receive, send)
            return
        met = _effective(await self._met(scope))
        for fault in met:
            fault.hit()
        await asyncio.sleep(sum(fault.seconds for fault in met))
        with _database_away(any(fault.kind == "database_down" for fault in met)):
            await self._answer(met, scope, receive, send)

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
            if fault.workspace_id is None and fault.user_id is None:
                met.append(fault)
            elif workspace_id is not None:
                met += [fault] * (workspace_id == str(fault.workspace_id))
            elif fault.user_id is not None and await _caller(scope) == fault.user_id:
                met.append(fault)
        return met

    def _called(self, scope: Scope) -> tuple[Operation | None, str | None]:
        for route in self._router.routes:
            match, found = route.matches(scope)
            if match is Match.FULL and isinstance(route, Operation):
                return route, found["path_params"].get("workspace_id")
        return None, None


class FaultyDatabase(Database):
    """Is away for the requests that a fault says, and for everybody where it says so."""

    def __init__(self, url: str, *, pool_size: int, faults: FaultRegistry) -> None:
        super().__init__(url, pool_size=pool_size)
        self._faults = faults

    async def acquire(self) -> Connection:
        if _is_away.get() or any(one.kind == "database_down" and one.workspace_id is one.user_id is None for one in self._faults):
            raise Unavailable(_AWAY)
        return await super().acquire()


_is_away: ContextVar[bool] = ContextVar("is_away", default=False)


@contextmanager
def _database_away(away: bool) -> Iterator[None]:
    token = _is_away.set(away)
    try:
        yield
    finally:
        _is_away.reset(token)


async def _caller(scope: Scope) -> UUID | None:
    header = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"), None)
    try:
        return (await scope["app"].state.authorizer.authenticate(header)).user_id  # type: ignore[no-any-return]  # The state of an app is untyped.
    except DomainError:
        return None


def _effective(met: Sequence[InjectedFault]) -> list[InjectedFault]:
    """Those that a request meets in fact: one refusal is enough, and another request may have used one up meanwhile."""
    left = [one for one in met if one.times != 0]
    refusals = [one for one in left if one.kind == "fail"]
    return [one for one in left if one.kind != "fail" or one is refusals[0]]


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
