"""A request as the endpoints see it: who asks, under which conditions, and the ways to answer."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from taskhub.kernel.api import cursors, preconditions
from taskhub.kernel.api.fingerprints import earlier_fingerprint, fingerprint
from taskhub.kernel.api.problems import InvalidHeader
from taskhub.kernel.api.query_params import Pairs
from taskhub.kernel.api.responses import JsonResponse, Page
from taskhub.kernel.application.commands import Answer, Context, Expected, IdempotencyKey, Reply
from taskhub.kernel.application.runner import Runner, UseCase
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Caller
from taskhub.kernel.domain.errors import NotFound, PreconditionRequired

_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")

ME: Final = "me"

Command = TypeVar("Command")
_encode = msgspec.json.Encoder(order="deterministic").encode


class ApiRequest(Request):
    """One call of one operation."""

    caller: Caller
    """Set by the authorizer; absent on public routes."""
    role: Any = None
    """The caller's role in the workspace of the path, set by the authorizer."""
    time_zone: str = "UTC"
    """The time zone of the workspace of the path, set by the authorizer."""

    def __init__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        super().__init__(scope, receive, send)
        self._raw_headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            known = self._raw_headers.get(name)
            self._raw_headers[name] = value if known is None else known + b", " + value
        self.raw_body = b""
        self.parameters: Pairs = []
        self._ids: dict[str, UUID] = {}
        self._expected: Expected = None
        self._position: list[Any] | None = None

    # -- what was sent ---------------------------------------------------------------------------

    def header(self, name: bytes) -> str | None:
        value = self._raw_headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def container(self) -> Any:
        """The container of the app that serves this request."""
        return self.scope["app"].state.container

    @property
    def id(self) -> str:
        return str(self.scope["request_id"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    def path_id(self, name: str) -> UUID:
        """An id in the path. One that is malformed names nothing.

        Raises:
            NotFound
        """
        id = self._ids.get(name)
        if id is None:
            id = self._ids[name] = parse_id(self.path_params[name])
        return id

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
        throttle = self.scope["app"].state.throttle
        if throttle is not None:
            throttle.admit_address(self.address)

    def limit_account(self, account: str, *, knows_address: bool = False) -> None:
        """``knows_address``: the account was signed in to from there, so that others' attempts don't count.

        Raises:
            RateLimited
        """
        throttle = self.scope["app"].state.throttle
        if throttle is not None:
            throttle.admit_account(account, known_address=self.address if knows_address else None)

    async def authorize(self, access: Access) -> None:
        """Demands more of the caller than the route does.

        Raises:
            DomainError: what a route that demands it would refuse with.
        """
        await self.scope["app"].state.authorizer.authorize(self, access)

    @property
    def expected(self) -> Expected:
        """The versions that `If-Match` names."""
        return self._expected

    def check_headers(self) -> None:
        """Refuses headers that mean something here and can't be read, before anything else is looked at.

        Raises:
            InvalidHeader
        """
        route = self.scope["route"]
        key = self.header(b"idempotency-key")
        if key is not None and route.retryable and not _KEY.fullmatch(key):
            raise InvalidHeader("Idempotency-Key", "expected 1 to 255 printable ASCII characters")
        if b"if-match" in self._raw_headers:
            if route.method == "POST" and not route.conditional:
                raise InvalidHeader("If-Match", "there is no single thing here that it could match")
            self._expected = preconditions.versions_expected(self.header(b"if-match"))
        if b"if-none-match" in self._raw_headers and not route.writes:
            preconditions.is_unmodified(self.header(b"if-none-match") or "", 0)

    def check_answer(self, response: Response) -> None:
        """Refuses to show what `If-Match` does not name.

        Raises:
            StaleVersion
        """
        if b"if-match" in self._raw_headers and not self.scope["route"].writes:
            preconditions.check_shown(self._raw_headers[b"if-match"].decode("latin-1"), response)

    # -- commands --------------------------------------------------------------------------------

    async def run(
        self,
        runner: Runner[Any],
        use_case: UseCase[Command, Any, Any],
        command: Command,
        reply: Reply,
    ) -> Answer:
        """Runs a command for the caller, once for each `Idempotency-Key`."""
        context = self.command_context()
        try:
            self.require_condition()
        except PreconditionRequired as refusal:
            return await runner.replay_or_refuse(refusal, context.idempotency_key)
        return await runner.run(use_case, command, context, reply)

    @property
    def has_idempotency_key(self) -> bool:
        """Whether an earlier answer may be replayed, which comes before most refusals."""
        return b"idempotency-key" in self._raw_headers and bool(self.scope["route"].retryable)

    def require_condition(self) -> None:
        """Refuses a change that names no version, where this service insists on one and the route changes what has a version.

        Raises:
            PreconditionRequired
        """
        if b"if-match" not in self._raw_headers and self.scope["route"].conditional and self.requires_versions:
            raise PreconditionRequired

    @property
    def requires_versions(self) -> bool:
        """Whether this service takes no change of what has a version without the version that it is meant for."""
        return bool(self.scope["app"].state.require_if_match)

    def command_context(self) -> Context:
        return Context(self.caller.user_id if hasattr(self, "caller") else None, self.id, self._idempotency_key())

    def _idempotency_key(self) -> IdempotencyKey | None:
        key = self.header(b"idempotency-key")
        if key is None or not self.has_idempotency_key:
            return None
        stream_id = self.path_id("workspace_id") if "workspace_id" in self.path_params else self.caller.user_id
        body = self.raw_body if self.scope["route"].body is not None else b""
        return IdempotencyKey(
            stream_id,
            self.caller.user_id,
            key,
            fingerprint(self.method, self.path, self.parameters, body),
            partial(earlier_fingerprint, self.method, self.path, self.scope["query_string"], self.raw_body),
        )

    # -- answers ---------------------------------------------------------------------------------

    def answer(self, answer: Answer) -> JsonResponse:
        """The response to a committed command: the representation, its ETag and where it is."""
        headers = []
        if answer.version is not None and self.scope["route"].etag:
            headers.append((b"etag", preconditions.etag(answer.version)))
        if answer.reply.location is not None:
            headers.append((b"location", answer.reply.location.encode()))
        if answer.replayed:
            headers.append((b"idempotency-replayed", b"true"))
        return JsonResponse(answer.reply.status, answer.body, headers)

    def show(self, view: Any, *headers: tuple[bytes, bytes]) -> JsonResponse:
        """The response to a read of one thing under its ETag; 304 where the caller has it already."""
        tag = (b"etag", preconditions.etag(view.version))
        if_none_match = self.header(b"if-none-match")
        if if_none_match is not None and preconditions.is_unmodified(if_none_match, view.version):
            return JsonResponse(304, b"", [tag, *headers])
        return JsonResponse(200, _encode(view), [tag, *headers])

    def check_cursor(self) -> None:
        """Refuses a cursor that was not made for this list.

        Raises:
            InvalidCursor
        """
        self._position = self._signer().read_from(self.path, self.parameters)

    def position(self) -> list[Any] | None:
        """The position after which a page starts; None for the first page."""
        return self._position

    def page(self, items: Sequence[Any], after: Sequence[Any] | None) -> JsonResponse:
        """One page of a list. ``after`` is the position of its last row, or None where the list ends."""
        if after is None:
            return JsonResponse(200, _encode(Page(items, None)))
        cursor = self._signer().make(after, self.path, self.parameters)
        link = cursors.next_link(self.path, self.parameters, cursor)
        return JsonResponse(200, _encode(Page(items, cursor)), [(b"link", link.encode())])

    def _signer(self) -> cursors.CursorSigner:
        signer: cursors.CursorSigner = self.scope["app"].state.cursor_signer
        return signer


def parse_id(text: str) -> UUID:
    """An id in its one canonical form (case aside).

    Raises:
        NotFound
    """
    if not _UUID.fullmatch(text):
        raise NotFound
    return msgspec.convert(text, UUID)  # A third of the time of UUID(text).
