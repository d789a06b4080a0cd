"""Batches: several writes in one transaction, each as if it had been sent alone.

What can be in a batch is not described again: the operations are those that the application serves, with their bodies, rights and
checks, and are called within the process. A command of theirs joins the transaction instead of beginning its own.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, NoReturn

import msgspec
from pydantic import Field, StringConstraints
from starlette.routing import Match
from starlette.types import Message

from taskhub.kernel.api import bodies, query_params
from taskhub.kernel.api.dry_run import OperationResult, result_of
from taskhub.kernel.api.escaped_paths import is_text, normalized, unescaped
from taskhub.kernel.api.operations import Operation
from taskhub.kernel.api.problems import MAX_FAULTS
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.shared_work import SharedWork
from taskhub.kernel.domain.errors import DomainError, Fault, ValidationFailed

MAX_OPERATIONS = 100
MAX_PATH_LENGTH = 8_000
MAX_NAME_LENGTH = 264
"""Of an id or a key: the longest is `external:` and 255 characters."""
_INDEX = re.compile(r"/operations/(\d+)")
OperationsByMethod = Mapping[str, Sequence[Operation]]
_METHODS = Literal["POST", "PATCH", "PUT", "DELETE"]
_encode = msgspec.json.Encoder(order="deterministic").encode


class BatchOperation(bodies.Body):
    method: _METHODS
    path: Annotated[str, StringConstraints(min_length=1, max_length=MAX_PATH_LENGTH, pattern=r"^/[!-~]*$")]
    body: Any = None
    if_match: Annotated[str, StringConstraints(min_length=1, max_length=1_000, pattern=r"^[ -~]+$")] | None = None


class BatchBody(bodies.Body):
    operations: Annotated[tuple[BatchOperation, ...], Field(min_length=1, max_length=MAX_OPERATIONS)]

    @classmethod
    def refusal(cls, faults: Sequence[Fault]) -> ValidationFailed:
        """Says which operation the first fault is about."""
        error = super().refusal(faults)
        if found := _INDEX.match(faults[0].pointer or ""):
            error.extra["operation"] = int(found[1])
        return error


class BatchResults(msgspec.Struct, frozen=True):
    """What each operation answered, in their order."""

    results: Sequence[OperationResult]


class _RawOperation(msgspec.Struct):
    body: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _RawBatch(msgspec.Struct):
    operations: list[_RawOperation]


_raw_batch = msgspec.json.Decoder(_RawBatch).decode


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of a batch, of the right shape, to be called as often as the batch is run."""

    index: int
    operation: Operation
    request: ApiRequest
    arguments: dict[str, Any]

    async def authorize(self) -> None:
        """Raises:
        DomainError: the caller has no right to it.
        """
        request, operation = self.request, self.operation
        with _Refusals(self.index):
            await request.authorize(operation.access if operation.access_of is None else operation.access_of(request))

    async def answer(self, work: SharedWork) -> OperationResult:
        """Raises:
        DomainError: the first reason why it is refused, with its place in the batch.
        """
        request, operation = self.request, self.operation
        request.joins = work
        await self.authorize()
        with _Refusals(self.index):
            request.require_condition()
            operation.read_path(request, self.arguments)
            return result_of(await operation.call(**self.arguments))


def calls_of(request: ApiRequest, body: BatchBody) -> list[Call]:
    """The operations of a batch, with their bodies.

    Raises:
        ValidationFailed: there is no such operation, it can't be part of a batch, or its body has another shape.
    """
    raw = _raw_batch(request.raw_body).operations
    operations = _operations_by_method(request)
    calls, faults = [], list[Fault]()
    for index, (one, raw_one) in enumerate(zip(body.operations, raw, strict=True)):
        made = _call_of(request, operations, index, one, raw_one.body)
        if isinstance(made, Call):
            calls.append(made)
        else:
            faults += made
    if faults:
        raise BatchBody.refusal(faults[:MAX_FAULTS])
    return calls


def names_in(body: BatchBody) -> Set[str]:
    """The texts in paths and bodies that may name something."""
    names: set[str] = set()
    for one in body.operations:
        names.update(filter(is_text, map(unescaped, one.path.split("/"))))
        names.update(_texts_in(one.body))
    return names


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) <= MAX_NAME_LENGTH:
            yield value
    elif isinstance(value, list | dict):
        for item in value if isinstance(value, list) else value.values():
            yield from _texts_in(item)


async def run_calls(calls: Sequence[Call], work: SharedWork) -> bytes:
    """Calls each in its turn. Returns the body of the answer.

    Raises:
        DomainError: the first refusal.
    """
    return _encode(BatchResults([await call.answer(work) for call in calls]))


class _Refusals:
    """Says of a refusal which operation it is about; its pointers begin with that."""

    __slots__ = ("_index",)

    def __init__(self, index: int) -> None:
        self._index = index

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, DomainError):
            error.faults = tuple(_located(fault, self._index) for fault in error.faults)
            error.extra = {**error.extra, "operation": self._index}


def _located(fault: Fault, index: int) -> Fault:
    part = "if_match" if fault.header is not None else "path" if fault.parameter is not None else "body"
    return replace(fault, pointer=f"/operations/{index}/{part}{fault.pointer or ''}", header=None, parameter=None)


def _operations_by_method(request: ApiRequest) -> OperationsByMethod:
    operations = defaultdict[str, list[Operation]](list)
    for route in request.app.router.routes:
        if isinstance(route, Operation):
            operations[route.method].append(route)
    return operations


def _call_of(
    request: ApiRequest, operations: OperationsByMethod, index: int, one: BatchOperation, raw: msgspec.Raw | msgspec.UnsetType
) -> Call | list[Fault]:
    place = f"/operations/{index}"
    if "?" in one.path or "#" in one.path:
        return [Fault("unexpected_query", "The path of an operation has no query.", pointer=f"{place}/path")]
    path = request.path.removesuffix("/batch") + normalized(one.path)
    found = _match(request, operations, one.method, path)
    if isinstance(found, str):
        return [Fault("not_in_batch", found, pointer=f"{place}/{'method' if 'method' in found else 'path'}")]
    operation, path_params = found
    arguments: dict[str, Any] = {}
    raw_body = b"" if isinstance(raw, msgspec.UnsetType) else bytes(raw)
    if faults := _read_body(operation, raw_body, arguments):
        return [_located(fault, index) for fault in faults]
    if operation.query[0]:
        arguments[operation.query[0]] = query_params.parse(operation.query[1], [])
    headers = [] if one.if_match is None else [(b"if-match", one.if_match.encode())]
    part = _part_of(request, operation, path, path_params, headers)
    part.raw_body = raw_body
    arguments[operation.request_argument] = part
    with _Refusals(index):
        part.check_headers()
    return Call(index, operation, part, arguments)


def _part_of(
    request: ApiRequest, operation: Operation, path: str, path_params: dict[str, str], headers: list[tuple[bytes, bytes]]
) -> ApiRequest:
    """The request that the operation gets, of the caller of the batch."""
    scope = {
        **request.scope,
        "method": operation.method,
        "path": unescaped(path),
        "raw_path": path.encode(),
        "escaped_path": path,
        "query_string": b"",
        "headers": headers,
        "path_params": path_params,
    }
    part = ApiRequest(scope, _receive_nothing, _send_nothing, operation)
    part.is_in_batch = True
    part.act_for(request.caller)
    return part


def _match(request: ApiRequest, operations: OperationsByMethod, method: str, path: str) -> tuple[Operation, dict[str, str]] | str:
    """The operation with its path parameters, or why there is none that can be in a batch."""
    scope = {"type": "http", "method": method, "escaped_path": path}
    for operation in operations[method]:
        match, found = operation.matches(scope)
        if match is Match.FULL:
            if operation is request.operation:
                return "A batch can't be part of a batch."
            if not operation.retryable or operation.access.stream_parameter is None:
                return "This operation can't be part of a batch: no `Idempotency-Key` applies to it."
            return operation, found["path_params"]
    if any(one.matches(scope)[0] is Match.PARTIAL for others in operations.values() for one in others):
        return f"The method {method} is not allowed for this path."
    return "There is no such path in this workspace."


def _read_body(operation: Operation, raw: bytes, arguments: dict[str, Any]) -> tuple[Fault, ...]:
    if operation.body is None:
        if raw and bodies.read_json(raw) not in ({}, None):
            return (Fault("unexpected_body", "This operation takes no body."),)
        return ()
    if not raw:
        return (Fault("missing", "This is required."),)
    name, model = operation.body
    parsed = bodies.parse(model, raw)
    if isinstance(parsed, ValidationFailed):
        return parsed.faults
    arguments[name] = parsed
    return ()


async def _receive_nothing() -> NoReturn:
    raise AssertionError("an operation of a batch reads nothing more")


async def _send_nothing(message: Message) -> NoReturn:
    raise AssertionError("an operation of a batch answers by its result")
