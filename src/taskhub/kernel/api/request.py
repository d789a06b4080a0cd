"""A request as the endpoints see it: who asks, under which conditions, and the ways to answer."""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

import msgspec
from starlette.datastructures import State
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from taskhub.kernel.api import cursors, preconditions
from taskhub.kernel.api.escaped_paths import is_text
from taskhub.kernel.api.fingerprints import earlier_fingerprint, fingerprint
from taskhub.kernel.api.list_validators import ListTags, ListValidator, OfLog
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.problems import InvalidHeader
from taskhub.kernel.api.query_params import Pairs
from taskhub.kernel.api.responses import JsonResponse, Page
from taskhub.kernel.application.commands import Answer, Context, Expected, IdempotencyKey, Reply
from taskhub.kernel.application.runner import BoundUseCase
from taskhub.kernel.application.shared_work import SharedWork
from taskhub.kernel.application.stream_locks import StreamLocks
from taskhub.kernel.application.versions import PutConditions
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Caller
from taskhub.kernel.domain.errors import NotFound, PreconditionRequired
from taskhub.kernel.domain.ids import parse_id, parse_number

_KEY = re.compile(r"[\x20-\x7e]{1,255}")

ME: Final = "me"

Command = TypeVar("Command")
Result = TypeVar("Result")
_encode = msgspec.json.Encoder(order="deterministic").encode


class CalledOperation(Protocol):
    """What a request has to know of the operation that it calls.

    Attributes:
        writes: whether it may change something.
        retryable: whether `Idempotency-Key` applies.
        takes_body: whether the body means anything.
        etag: whether its answer has an `ETag`.
        reads_log: whether its cursors are places in the log that the path names.
        streams: whether it answers with a stream of events, which `Last-Event-ID` goes on with.
        validator: of a list: what its `ETag` is made of.
        item_shape: of a list: a number for the fields of its items.
    """

    access: Access
    if_match: IfMatch
    writes: bool
    retryable: bool
    takes_body: bool
    etag: bool
    reads_log: bool
    streams: bool
    validator: ListValidator | None
    item_shape: int


class ApiRequest(Request):
    """One call of one operation.

    Attributes:
        app_state: what the app that serves this request holds for all of them.
        grant: what the module that authorizes has granted the caller (`Authorizer.authorize`).
        answer_headers: what every answer has, a refusal as well.
        as_of: the ``seq`` of the last event of the moment that is answered for; None for what is now.
        joins: the transaction that its command is part of, in a batch or a dry run.
        is_in_batch: whether it is an operation of a batch.
        is_dry_run: whether it is only tried out.
    """

    def __init__(self, scope: AsgiScope, receive: Receive, send: Send, operation: CalledOperation) -> None:
        super().__init__(scope, receive, send)
        self.operation = operation
        self.app_state: State = scope["app"].state
        self.grant: Any = None
        self.answer_headers: list[tuple[bytes, bytes]] = []
        self._caller: Caller | None = None
        self._raw_headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            known = self._raw_headers.get(name)
            self._raw_headers[name] = value if known is None else known + b", " + value
        self._if_match = self.header(b"if-match")
        self._key = self.header(b"idempotency-key") if operation.retryable else None
        self.raw_body = b""
        self.parameters: Pairs = []
        self._ids: dict[str, UUID] = {}
        self._expected: Expected = None
        self._position: list[Any] | None = None
        self._list_depends_on: Sequence[Any] | None = None
        self.as_of: int | None = None
        self.joins: SharedWork | None = None
        self.is_in_batch = False
        self.is_dry_run = False
        self._writes = 1

    # -- what was sent ---------------------------------------------------------------------------

    def header(self, name: bytes) -> str | None:
        value = self._raw_headers.get(name)
        return None if value is None else value.decode("latin-1")

    def raw_header(self, name: bytes) -> bytes | None:
        return self._raw_headers.get(name)

    @property
    def container(self) -> Any:
        """The container of the app that serves this request."""
        return self.app_state.container

    @property
    def id(self) -> str:
        return str(self.scope["request_id"])

    @property
    def path(self) -> str:
        """The path, escaped as in a URL."""
        return str(self.scope["escaped_path"])

    def path_id(self, name: str) -> UUID:
        """An id in the path. One that is malformed names nothing.

        Raises:
            NotFound
        """
        id = self._ids.get(name)
        if id is None:
            id = self._ids[name] = parse_id(self.path_params[name])
        return id

    def path_argument(self, name: str, kind: type[UUID | int | str]) -> UUID | int | str:
        """An id, a positive number or a text in the path. One that is malformed, or no UTF-8, names nothing.

        Raises:
            NotFound
        """
        if kind is UUID:
            return self.path_id(name)
        text: str = self.path_params[name]
        if not is_text(text):
            raise NotFound
        return parse_number(text) if kind is int else text

    def user_id(self, text: str) -> UUID:
        """A user that the path names, by id or as ``me``.

        Raises:
            NotFound
        """
        return self.caller.user_id if text == ME else parse_id(text)

    @property
    def user_agent(self) -> str | None:
        """What the client calls itself, cut to a sensible length."""
        value = self.header(b"user-agent")
        return None if value is None else "".join(c for c in value[:500] if c.isprintable())

    @property
    def address(self) -> str:
        """Where the client is, as far as the service believes its proxies."""
        return self.client.host if self.client else "unknown"

    def limit_attempts(self, account: str) -> None:
        """Counts an attempt to sign in, renew or register, by address and by account.

        Raises:
            RateLimited
        """
        self.limit_address()
        self.limit_account(account)

    def limit_address(self) -> None:
        """Raises:
        RateLimited
        """
        throttle = self.app_state.throttle
        if throttle is not None:
            throttle.admit_address(self.address)

    def limit_account(self, account: str, *, knows_address: bool = False) -> None:
        """``knows_address``: the account was signed in to from there, so that others' attempts don't count.

        Raises:
            RateLimited
        """
        throttle = self.app_state.throttle
        if throttle is not None:
            throttle.admit_account(account, known_address=self.address if knows_address else None)

    def count_writes(self, writes: int) -> None:
        """Has this request count as so many, however often this is said.

        Raises:
            RateLimited
        """
        throttle = self.app_state.throttle
        further, self._writes = writes - self._writes, writes
        if throttle is not None and further:
            told = dict(throttle.admit_more(self.caller.user_id, further))
            self.answer_headers[:] = [(name, told.get(name, value)) for name, value in self.answer_headers]

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
        if b"if-none-match" in self._raw_headers and not self.operation.writes:
            preconditions.check_tags("If-None-Match", self.header(b"if-none-match") or "")
        self.operation.if_match.check_new(self.header(b"if-none-match"))

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

    # -- who asks --------------------------------------------------------------------------------

    @property
    def caller(self) -> Caller:
        """Who asks. Nobody is asked on a public route."""
        assert self._caller is not None, "the caller of a public route is not known"
        return self._caller

    @property
    def is_authenticated(self) -> bool:
        return self._caller is not None

    async def authenticate(self) -> None:
        """Raises:
        DomainError: 401 without a good credential.
        """
        self._caller = await self.app_state.authorizer.authenticate(self.header(b"authorization"))

    async def authorize(self, access: Access) -> None:
        """Demands this right of the caller. An endpoint may demand more than its route does.

        Raises:
            DomainError: 404 for a stream that is not there for the caller, 403 without the right.
        """
        stream_id = self.path_id(access.stream_parameter) if access.stream_parameter else None
        self.grant = await self.app_state.authorizer.authorize(self.caller, access, stream_id)

    async def reauthorize(self, access: Access) -> None:
        """Demands it again of a request that has been open for a while, as if it were sent now.

        Raises:
            DomainError: 401, 403, 404
        """
        await self.authenticate()
        await self.authorize(access)

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

    def act_for(self, caller: Caller) -> None:
        """The caller is known already, by the request that this one is part of."""
        self._caller = caller

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

    def _names_caller(self) -> bool:
        return ME in self.path_params.values() or any(value == ME for _, value in self.parameters)

    def check_cursor(self) -> None:
        """Refuses a cursor that was not made for this list.

        Raises:
            InvalidCursor
        """
        given = [value for name, value in self.parameters if name == "cursor"]
        cursor = self.header(b"last-event-id") if self.operation.streams else None
        if cursor or len(given) == 1:
            bound = self._log() if self.operation.reads_log else (self.path, self.parameters)
            self._position = self._signer().read(cursor or given[0], *bound)

    def position(self) -> list[Any] | None:
        """The position after which a page starts; None for the first page."""
        return self._position if self._position is None or self.as_of is None else self._position[:-1]

    def page(self, items: Sequence[Any], after: Sequence[Any] | None, log_head: str | None = None) -> JsonResponse:
        """One page of a list. ``after`` is the position of its last row, or None where the list ends.

        ``log_head`` is that of the slice: a list whose validator is `OfLog` has to give it.
        """
        headers: list[tuple[bytes, bytes]] = []
        if self._list_depends_on is not None:
            assert log_head is not None, "a list with a validator reads the head of the log with its rows"
            unchanged = self._tagged(log_head, self._list_depends_on, headers)
            if unchanged:
                return JsonResponse(304, b"", headers)
        if after is None:
            return JsonResponse(200, _encode(Page(items, None)), headers)
        if self.as_of is not None:
            after = (*after, self.as_of)
        cursor = self._signer().make(after, self.path, self.parameters)
        headers.append((b"link", cursors.next_link(self.path, self.parameters, cursor).encode()))
        return JsonResponse(200, _encode(Page(items, cursor)), headers)

    async def unchanged_list(self) -> JsonResponse | None:
        """304 where the caller has this very page of a list already. One look at the log tells; no row is read.

        Raises:
            Unavailable, Busy
        """
        validator, parameter = self.operation.validator, self.operation.access.stream_parameter
        if not isinstance(validator, OfLog) or any(name == "as_of" for name, _ in self.parameters):
            return None  # What was is not looked for twice.
        self._list_depends_on = depends_on = validator.depends_on(self)
        known = self.header(b"if-none-match")
        # `*` is good for any list that is there, and whether it is only its rows tell.
        if known is None or known.strip() == "*" or depends_on is None or parameter is None:
            return None
        headers: list[tuple[bytes, bytes]] = []
        head = await self.app_state.log_heads.head(self.path_id(parameter))
        return JsonResponse(304, b"", headers) if self._tagged(head, depends_on, headers) else None

    def _tagged(self, log_head: str, depends_on: Sequence[Any], headers: list[tuple[bytes, bytes]]) -> bool:
        """Adds the tag of a list to headers. Returns whether the caller has the list under this tag already."""
        tags: ListTags = self.app_state.list_tags
        of_caller = (self.caller.user_id,) if self._names_caller() else ()
        others = (self.operation.item_shape, *of_caller, *depends_on)
        tag = tags.tag(log_head, self.path, self.scope["query_string"], others)
        headers.append((b"etag", tag.encode()))
        known = self.header(b"if-none-match")
        return known is not None and preconditions.has_tag(known, tag)

    def log_cursor(self, seq: int) -> str:
        """The cursor of the place after an event of the log that the path names."""
        return self._signer().make([seq], *self._log())

    def _log(self) -> tuple[str, Pairs]:
        assert self.operation.access.stream_parameter is not None, "whoever reads a log names it in the path"
        return cursors.place_in_log(self.path_params[self.operation.access.stream_parameter])

    def _signer(self) -> cursors.CursorSigner:
        signer: cursors.CursorSigner = self.app_state.cursor_signer
        return signer
