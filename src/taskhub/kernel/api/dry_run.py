"""`dry_run`: a write is carried out as always, answers what it would have answered, and is undone.

No operation does anything for it: its command joins a transaction that is rolled back.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from starlette.responses import Response

from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.application.shared_work import SharedWork
from taskhub.kernel.contract.events import LoggedEvent
from taskhub.kernel.domain.errors import Fault

PARAMETER = "dry_run"
_VALUES = {"true": True, "false": False}
_encode = msgspec.json.Encoder(order="deterministic").encode


class ExpectedChange(msgspec.Struct, frozen=True, kw_only=True):
    """An event that would be appended to the log. Its ``seq`` and its id are given only when it is."""

    type: str
    entity_type: str
    entity_id: UUID
    entity_version: int
    actor_id: UUID | None
    request_id: str | None
    occurred_at: datetime
    changes: dict[str, Any]
    snapshot: dict[str, Any] | None


class OperationResult(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation answered."""

    status: int
    etag: str | None
    location: str | None
    body: Any


class DryRun(OperationResult, frozen=True, kw_only=True):
    """What a request would answer, and the events that it would append to the log."""

    changes: list[ExpectedChange]


def take(request: ApiRequest, faults: list[Fault]) -> None:
    """Reads the parameter, which no operation has among its own."""
    given = [value for name, value in request.parameters if name == PARAMETER]
    if not given:
        return
    request.parameters = [(name, value) for name, value in request.parameters if name != PARAMETER]
    if len(given) > 1:
        faults.append(Fault("repeated", "This parameter can be given only once.", parameter=PARAMETER))
    elif given[0] not in _VALUES:
        faults.append(Fault("wrong_format", "Expected true or false.", parameter=PARAMETER))
    elif _VALUES[given[0]]:
        request.is_dry_run = True
        request.forget_idempotency_key()


async def try_out(request: ApiRequest, call: Callable[[], Awaitable[Response]]) -> Response:
    """Calls an endpoint in a transaction that is rolled back.

    Raises:
        DomainError: the request would be refused.
    """
    runner: Runner[SharedWork] = request.app_state.shared_work
    context = Context(request.caller.user_id, request.id, is_dry_run=True)
    response, work = await runner.perform(_called, _Call(request, call), context)
    changes = [_expected(event) for event in work.events]
    return JsonResponse(200, _encode(DryRun(**_members(result_of(response)), changes=changes)))


class _Call:
    def __init__(self, request: ApiRequest, call: Callable[[], Awaitable[Response]]) -> None:
        self.request = request
        self.call = call


async def _called(command: _Call, work: SharedWork) -> tuple[Response, SharedWork]:
    command.request.joins = work
    return await command.call(), work


def result_of(response: Response) -> OperationResult:
    headers = dict(response.raw_headers)
    etag, location = headers.get(b"etag"), headers.get(b"location")
    return OperationResult(
        status=response.status_code,
        etag=None if etag is None else etag.decode(),
        location=None if location is None else location.decode(),
        body=msgspec.Raw(bytes(response.body)) if response.body else None,
    )


def _members(result: OperationResult) -> dict[str, Any]:
    return {name: getattr(result, name) for name in result.__struct_fields__}


def _expected(event: LoggedEvent) -> ExpectedChange:
    return ExpectedChange(
        type=event.type,
        entity_type=event.entity_type,
        entity_id=event.entity_id,
        entity_version=event.entity_version,
        actor_id=event.actor_id,
        request_id=event.request_id,
        occurred_at=event.occurred_at,
        changes=cast("dict[str, Any]", event.changes),  # As JSON, which is put into the answer as it is.
        snapshot=cast("dict[str, Any] | None", event.snapshot),
    )
