"""Routes: an endpoint, the right that it demands, and the contract's order of checks around it.

Serving a route goes past FastAPI's dependency solving (about 60 µs a request): the arguments of an endpoint are of four kinds
only, bound once when the route is made. What a route declares here is also all that its documentation is made of.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from enum import Enum
from functools import lru_cache, partial
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from taskhub.kernel.api import bodies, dry_run, media_types, query_params
from taskhub.kernel.api.escaped_paths import unescaped
from taskhub.kernel.api.list_validators import ListValidator, OfLog, shape_of
from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.problems import NotAcceptable
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.commands import Answer, IdempotencyKey
from taskhub.kernel.contract.access import Access, Public
from taskhub.kernel.domain.errors import Category, DomainError, Fault, IdempotencyKeyReused, ValidationFailed

Endpoint = Callable[..., Awaitable[Response]]
AccessOf = Callable[[ApiRequest], Access]
ReplayRefused = Callable[[ApiRequest, IdempotencyKey], Awaitable[Answer | None]]
EVENT_STREAM = "text/event-stream"
_JSON = "application/json"


class Privacy(Enum):
    """What caches may do with the answers of a route."""

    PUBLIC = ()
    PRIVATE = ((b"cache-control", b"private, no-cache"), (b"vary", b"Authorization"))
    SECRET = ((b"cache-control", b"no-store"), (b"vary", b"Authorization"))


class Operation(Route):
    """One method on one path.

    It is no `APIRoute`: that would make a validator for each parameter, and a handler, which nothing here uses (decision 6).
    """

    def __init__(
        self,
        path: str,
        endpoint: Endpoint,
        *,
        access: Access,
        method: str,
        privacy: Privacy | None = None,
        answers: Any = None,
        errors: Sequence[type[DomainError]] = (),
        produces: str = _JSON,
        also_produces: Sequence[str] = (),
        any_query: bool = False,
        if_match: IfMatch | None = None,
        retryable: bool | None = None,
        etag: bool | None = None,
        access_of: AccessOf | None = None,
        replay_refused: ReplayRefused | None = None,
        reads_log: bool = False,
        validator: ListValidator | None = None,
        tag: str,
        summary: str | None = None,
        status_code: int | None = None,
        include_in_schema: bool = True,
    ) -> None:
        super().__init__(path, endpoint, include_in_schema=include_in_schema)
        self.methods = {method}
        self.tag = tag
        self.operation_id = endpoint.__name__
        self.summary = summary
        self.description = inspect.cleandoc(endpoint.__doc__ or "")
        self.status_code = status_code
        self.is_public = isinstance(access, Public)
        self.access = access
        self.access_of = access_of
        self.method = method
        self.privacy = privacy or (Privacy.PUBLIC if self.is_public else Privacy.PRIVATE)
        self.call = endpoint
        self._bind(endpoint)
        if access.stream_parameter not in {None, *self.param_convertors}:
            raise ValueError(f"{method} {path} demands {access}, but its path has no {{{access.stream_parameter}}}")
        self.takes_body = self.body is not None
        self.creates = method == "POST" and self.status_code == 201
        self.may_create = self.creates or if_match is IfMatch.CREATE_OR_CHANGE
        self.writes = method != "GET"
        self.media_types = bodies.MERGE_PATCH if method == "PATCH" else bodies.JSON
        self.answers = answers
        self.errors = tuple(errors)
        self.replay_refused = replay_refused
        self.reads_log = reads_log
        self.validator = validator
        self.item_shape = shape_of(answers)
        if isinstance(validator, OfLog) and access.stream_parameter is None:
            raise ValueError(f"{method} {path} has a validator of a log, but its path names none")
        self.streams = produces == EVENT_STREAM
        self.produces = produces
        self.any_query = any_query
        self.all_produced = frozenset((produces, *also_produces))
        self.if_match = if_match or IfMatch.of(method, creates=self.creates, is_public=self.is_public)
        self.retryable = retryable if retryable is not None else self.writes and self.privacy is Privacy.PRIVATE
        has_version = "version" in getattr(answers, "__struct_fields__", ())
        self.etag = etag if etag is not None else has_version and self.privacy is Privacy.PRIVATE

    @property
    def is_tagged(self) -> bool:
        """Whether a read has an `ETag`, so that `If-None-Match` may be answered by 304."""
        return not self.writes and (self.etag or isinstance(self.validator, OfLog))

    def _bind(self, endpoint: Endpoint) -> None:
        self.body: tuple[str, type[bodies.Body]] | None = None
        self.query: tuple[str, type[query_params.QueryParams]] = ("", query_params.QueryParams)
        self.path_arguments: list[tuple[str, type[UUID | int | str]]] = []
        for name, hint in get_type_hints(endpoint, include_extras=True).items():
            kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
            if name in self.param_convertors:
                self.path_arguments.append((name, kind))
            elif inspect.isclass(kind) and issubclass(kind, bodies.Body):
                self.body = (name, kind)
            elif inspect.isclass(kind) and issubclass(kind, query_params.QueryParams):
                self.query = (name, kind)
        self.request_argument = next(iter(inspect.signature(endpoint).parameters))

    def matches(self, scope: AsgiScope) -> tuple[Match, AsgiScope]:
        """As the framework's, for a route that is mounted nowhere and whose parameters are text: a third of the time."""
        path = scope["escaped_path"]
        found = self.path_regex.match(path)
        if found is None:
            return Match.NONE, {}
        match = Match.FULL if scope["method"] == self.method else Match.PARTIAL
        parameters = found.groupdict()
        if "%" in path:
            parameters = {name: unescaped(part) for name, part in parameters.items()}
        return match, {"endpoint": self.endpoint, "path_params": parameters, "route": self}

    async def handle(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["method"] != self.method:
            raise HTTPException(405)
        await self.serve(scope, receive, send)

    async def serve(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        request = ApiRequest(scope, receive, send, self)
        request.answer_headers.extend(self.privacy.value)
        scope["answer_headers"] = request.answer_headers  # For the middleware that answers what is raised here.
        response = await self._answer(request)
        response.raw_headers.extend(request.answer_headers)
        await response(scope, receive, send)

    async def _answer(self, request: ApiRequest) -> Response:
        """The order of checks that the contract fixes: 413, 415, 400 → 401 → 404 of the workspace → 403 → 429 → 422 → the
        endpoint.
        """
        arguments: dict[str, Any] = {self.request_argument: request}
        faults: list[Fault] = []
        if self.writes:
            await self._read_body(request, arguments, faults)
        request.check_headers()
        self._check_accept(request)
        self._read_query(request, faults)
        try:
            return await self._admitted(request, arguments, faults)
        except DomainError as refusal:
            return await self._refused(request, refusal)

    async def _admitted(self, request: ApiRequest, arguments: dict[str, Any], faults: list[Fault]) -> Response:
        await self._admit(request)
        if self.validator is not None and (known := await request.known_list()) is not None:
            request.check_answer(known)
            return known  # It was given for this very query before: that need not be read.
        self._parse_query(request, arguments, faults)
        if faults:
            raise (self.body[1] if self.body else bodies.Body).refusal(faults)
        if self.writes and not request.has_idempotency_key:
            request.require_condition()
        self.read_path(request, arguments)
        if request.is_dry_run:
            return await dry_run.try_out(request, partial(self.call, **arguments))
        response = await self.call(**arguments)
        request.check_answer(response)
        return response

    def read_path(self, request: ApiRequest, arguments: dict[str, Any]) -> None:
        """Raises:
        NotFound: one of them names nothing.
        """
        for name, kind in self.path_arguments:
            arguments[name] = request.path_argument(name, kind)

    async def _refused(self, request: ApiRequest, refusal: DomainError) -> Response:
        """The first answer to a command that has itself taken the right to repeat it away. Nothing else is replayed without it.

        Raises:
            DomainError: the refusal, wherever that is not known for certain.
        """
        is_denied = refusal.category in (Category.NOT_FOUND, Category.FORBIDDEN) and request.is_authenticated
        if self.replay_refused is None or not is_denied or request.caller.scope < self.access.scope:
            raise refusal
        key = request.command_context().idempotency_key
        answer = None
        if key is not None:
            with suppress(IdempotencyKeyReused):
                answer = await self.replay_refused(request, key)
        if answer is None:
            raise refusal
        return request.answer(answer)

    async def _admit(self, request: ApiRequest) -> None:
        """Whoever is known is counted, admitted or not; every answer to them tells how much is left."""
        if self.is_public:
            return
        await request.authenticate()
        throttle = request.app_state.throttle
        try:
            await request.authorize(self.access if self.access_of is None else self.access_of(request))
        finally:
            if throttle is not None:
                left = throttle.admit(request.caller.user_id, writes=self.writes)
                request.answer_headers.extend(left)

    async def _read_body(self, request: ApiRequest, arguments: dict[str, Any], faults: list[Fault]) -> None:
        bodies.check_size(request.raw_header(b"content-length"))
        request.raw_body = await bodies.read_body(request.receive)
        media_types.check_coding(request.raw_header(b"content-encoding"))
        if self.body is not None:
            media_types.check_media_type(request.raw_header(b"content-type"), self.media_types)
        if self.body is None:
            if request.raw_body.strip() and bodies.read_json(request.raw_body) not in ({}, None):
                faults.append(Fault("unexpected_body", "This operation takes no body.", pointer=""))
            return
        name, model = self.body
        parsed = bodies.parse(model, request.raw_body)
        if isinstance(parsed, ValidationFailed):
            faults.extend(parsed.faults)
        arguments[name] = parsed

    def _read_query(self, request: ApiRequest, faults: list[Fault]) -> None:
        if self.any_query:
            return
        pairs = query_params.split(request.scope["query_string"])
        if isinstance(pairs, ValidationFailed):
            faults.extend(pairs.faults)
            return
        request.parameters = pairs
        if pairs or self.streams:
            request.check_cursor()

    def _parse_query(self, request: ApiRequest, arguments: dict[str, Any], faults: list[Fault]) -> None:
        name, model = self.query
        if request.parameters and self.retryable:
            dry_run.take(request, faults)
        parsed = query_params.parse(model, request.parameters)
        if isinstance(parsed, ValidationFailed):
            faults.extend(parsed.faults)
        elif name:
            arguments[name] = parsed

    def _check_accept(self, request: ApiRequest) -> None:
        accept = request.header(b"accept")
        if accept is None or accept == "*/*" or _accepts(accept, self.all_produced):
            return
        raise NotAcceptable(f"This operation answers with {self.produces}.")


@lru_cache(maxsize=64)
def _accepts(accept: str, media_types: frozenset[str]) -> bool:
    wanted = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    families = {media_type.partition("/")[0] + "/*" for media_type in media_types}
    return not wanted.isdisjoint({"", "*/*"} | media_types | families)


class Routes:
    """The operations of one module, in the order in which they are matched."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def add(self, method: str, path: str, access: Access, **documentation: Any) -> Callable[[Endpoint], Endpoint]:
        """Declares an operation. ``access`` is required: a route that nobody protected can't exist.

        Further arguments, most of which follow from the rest where they are left out:
            status_code: of success; 200 where it is not given.
            summary: one line. The endpoint's docstring is the description.
            answers: the type of the answer: a view, or `Page` of a view.
            produces: the media type of the answer.
            also_produces: others, where what is answered depends on `Accept`.
            any_query: whether the query is none of the service's business, as that of a page which reads its own address.
            errors: what the rules may refuse beyond what every operation of this kind may.
            privacy: what caches may do with the answer.
            if_match: what `If-Match` means.
            retryable: whether `Idempotency-Key` applies: to writes whose answer and body hold no secret.
            access_of: what a request needs instead of ``access``, where its path says so: never less.
            replay_refused: looks up what a command was answered that may have taken its caller's own right away, such as leaving.
            validator: of a list: whether it has an `ETag`, and what that depends on. Without it, it has none.
            reads_log: whether its cursors are places in the log that the path names: good for all such operations and filters.
            etag: whether the answer has an `ETag`: where it has a version, and is nobody's own.
        """

        def declare(endpoint: Endpoint) -> Endpoint:
            self.operations.append(
                Operation(
                    path,
                    endpoint,
                    access=access,
                    method=method,
                    tag=self.tag,
                    **documentation,
                )
            )
            return endpoint

        return declare

    def get(self, path: str, access: Access, **documentation: Any) -> Callable[[Endpoint], Endpoint]:
        return self.add("GET", path, access, **documentation)

    def post(self, path: str, access: Access, **documentation: Any) -> Callable[[Endpoint], Endpoint]:
        return self.add("POST", path, access, **documentation)

    def put(self, path: str, access: Access, **documentation: Any) -> Callable[[Endpoint], Endpoint]:
        return self.add("PUT", path, access, **documentation)

    def patch(self, path: str, access: Access, **documentation: Any) -> Callable[[Endpoint], Endpoint]:
        return self.add("PATCH", path, access, **documentation)

    def delete(self, path: str, access: Access, **documentation: Any) -> Callable[[Endpoint], Endpoint]:
        return self.add("DELETE", path, access, **documentation)
