"""A request as it was sent: its headers and path, where it comes from, and who asks."""

from typing import Any, Final, Protocol
from uuid import UUID

from starlette.datastructures import State
from starlette.requests import Request
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from taskhub.kernel.api.authorizer import HeldRight
from taskhub.kernel.api.escaped_paths import is_text
from taskhub.kernel.api.list_validators import ListValidator
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.query_params import Pairs
from taskhub.kernel.contract.access import Access
from taskhub.kernel.contract.caller import Caller
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.domain.ids import parse_id, parse_number

ME: Final = "me"


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


class SentRequest(Request):
    """One call of one operation.

    Attributes:
        app_state: what the app that serves this request holds for all of them.
        grant: what the module that authorizes has granted the caller (`Authorizer.authorize`).
        answer_headers: what every answer has, a refusal as well.
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
        self.raw_body = b""
        self.parameters: Pairs = []
        self._ids: dict[str, UUID] = {}
        self._writes = 1

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

    def held_right(self, stream_id: UUID) -> HeldRight:
        return HeldRight(self.header(b"authorization"), self.caller, stream_id)

    def act_for(self, caller: Caller) -> None:
        """The caller is known already, by the request that this one is part of."""
        self._caller = caller
