"""A request as the endpoints see it: under which conditions it is carried out, and the ways to answer."""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from taskhub.kernel.api import preconditions
from taskhub.kernel.api.fingerprints import earlier_fingerprint, fingerprint
from taskhub.kernel.api.list_request import ListRequest
from taskhub.kernel.api.problems import InvalidHeader
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.api.sent_request import ME, CalledOperation
from taskhub.kernel.application.commands import Answer, Context, Expected, IdempotencyKey, Reply
from taskhub.kernel.application.runner import BoundUseCase
from taskhub.kernel.application.shared_work import SharedWork
from taskhub.kernel.application.stream_locks import StreamLocks
from taskhub.kernel.application.versions import PutConditions
from taskhub.kernel.domain.errors import PreconditionRequired

__all__ = ["ME", "ApiRequest"]

_KEY = re.compile(r"[\x20-\x7e]{1,255}")

Command = TypeVar("Command")
Result = TypeVar("Result")
_encode = msgspec.json.Encoder(order="deterministic").encode


class ApiRequest(ListRequest):
    """One call of one operation.

    Attributes:
        joins: the transaction that its command is part of, in a batch or a dry run.
        is_in_batch: whether it is an operation of a batch.
        is_dry_run: whether it is only tried out.
    """

    def __init__(self, scope: AsgiScope, receive: Receive, send: Send, operation: CalledOperation) -> None:
        super().__init__(scope, receive, send, operation)
        self._if_match = self.header(b"if-match")
        self._key = self.header(b"idempotency-key") if operation.retryable else None
        self._expected: Expected = None
        self.joins: SharedWork | None = None
        self.is_in_batch = False
        self.is_dry_run = False

    # -- conditions ------------------------------------------------------------------------------

    @property
    def expected(self) -> Expected:
        """The versions that `If-Match` names."""
        return self._expected

    @property
    def put_conditions(self) -> PutConditions:
        """On what a `PUT` depends that creates a thing or changes it."""
        is_new = self.header(b"if-none-match") is not None
        return PutConditions(self._expected, self._if_match is not None, is_new, self.versions_required)

    def check_headers(self) -> None:
        """Refuses headers that mean something here and can't be read, before anything else is looked at.

        Raises:
            InvalidHeader
        """
        if self._key is not None and not _KEY.fullmatch(self._key):
            raise InvalidHeader("Idempotency-Key", "expected 1 to 255 printable ASCII characters")
        self._expected = self.operation.if_match.expected(self._if_match)
        if (if_none_match := self.header(b"if-none-match")) is not None:
            if not self.operation.writes:
                preconditions.check_tags("If-None-Match", if_none_match)
            self.operation.if_match.check_new(if_none_match)

    def require_condition(self) -> None:
        """Raises:
        PreconditionRequired
        """
        self.operation.if_match.require(self._if_match, versions_required=self.versions_required)

    @property
    def versions_required(self) -> bool:
        """Whether this service takes no change of what has a version without the version that it is meant for."""
        return bool(self.app_state.require_if_match)

    def check_answer(self, response: Response) -> None:
        """Raises:
        StaleVersion: the answer to a read is not what `If-Match` names.
        """
        self.operation.if_match.check_answer(self._if_match, response)

    # -- commands --------------------------------------------------------------------------------

    async def run(self, bound: Callable[[], BoundUseCase[Command, Any]], command: Command, reply: Reply) -> Answer:
        """Runs a command for the caller, once for each `Idempotency-Key`."""
        use_case, context = bound(), self.command_context()
        if context.idempotency_key is not None:  # Without a key the operation has required it before the endpoint.
            try:
                self.require_condition()
            except PreconditionRequired as refusal:
                return await use_case.runner.replay_or_refuse(refusal, context.idempotency_key)
        return await use_case.run(command, context, reply)

    async def perform(self, bound: Callable[[], BoundUseCase[Command, Result]], command: Command) -> Result:
        """Runs a command for the caller whose result is not a representation, and can't be replayed."""
        assert not self.operation.retryable, "what may be replayed is answered by `run`"
        return await bound().perform(command, self.command_context())

    @property
    def has_idempotency_key(self) -> bool:
        """Whether an earlier answer may be replayed, which comes before most refusals."""
        return self._key is not None

    def command_context(self) -> Context:
        return Context(self._caller.user_id if self._caller else None, self.id, self._idempotency_key(), self.joins)

    def forget_idempotency_key(self) -> None:
        """What is only tried out is neither kept nor repeated."""
        self._key = None

    def in_turn(self, stream_id: UUID) -> AbstractAsyncContextManager[Any]:
        """For commands that lock much of a stream: one at a time in this process. A batch has waited for its turn as a whole."""
        locks: StreamLocks = self.app_state.stream_locks
        return nullcontext() if self.is_in_batch else locks.of(stream_id)

    def _idempotency_key(self) -> IdempotencyKey | None:
        if self._key is None:
            return None
        parameter = self.operation.access.stream_parameter
        body = self.raw_body if self.operation.takes_body else b""
        return IdempotencyKey(
            self.path_id(parameter) if parameter else self.caller.user_id,
            self.caller.user_id,
            self._key,
            fingerprint(self.method, self.path, self.parameters, body),
            partial(earlier_fingerprint, self.method, self.path, self.scope["query_string"], self.raw_body),
        )

    # -- answers ---------------------------------------------------------------------------------

    def answer(self, answer: Answer) -> JsonResponse:
        """The response to a committed command: the representation, its ETag and where it is."""
        headers = []
        if answer.version is not None and self.operation.etag:
            headers.append((b"etag", preconditions.etag(answer.version)))
        if answer.reply.location is not None:
            headers.append((b"location", answer.reply.location.encode()))
        if answer.replayed:
            headers.append((b"idempotency-replayed", b"true"))
        return JsonResponse(answer.reply.status, answer.body, headers)

    def show(self, view: Any, *headers: tuple[bytes, bytes]) -> JsonResponse:
        """The response to a read of one thing under its ETag; 304 where the caller has it already. What was has none."""
        if self.as_of is not None:
            return JsonResponse(200, _encode(view), headers)
        tag = (b"etag", preconditions.etag(view.version))
        if_none_match = self.header(b"if-none-match")
        if if_none_match is not None and preconditions.is_unmodified(if_none_match, view.version):
            return JsonResponse(304, b"", [tag, *headers])
        return JsonResponse(200, _encode(view), [tag, *headers])
