"""HTTP/1.1 on uvicorn and httptools: strict framing, bounded heads, and timeouts for slow clients.

A malformed request is answered with a problem document, after the responses to all requests before it; nothing behind it is read.
"""

import asyncio
from enum import Enum
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from taskhub.cli.server import request_head, responses
from taskhub.cli.server.connections import Connections
from taskhub.cli.server.transport import CoalescingTransport
from taskhub.kernel.api.long_requests import ABORT
from taskhub.kernel.api.problems import HttpProblem, MalformedRequest, RequestTimeout
from taskhub.kernel.application.errors import Busy
from taskhub.kernel.domain.errors import DomainError

Refusal = HttpProblem | DomainError


class Phase(Enum):
    """The state of a connection."""

    NEW = "the client has sent nothing yet"
    HEAD = "the client sends a head"
    BODY = "the client sends a body"
    RESPONDING = "the client waits for its answer"
    IDLE = "no request is under way"
    ENDING = "it was refused, and may still be sending"


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools."""

    def __init__(self, *args: Any, open_connections: Connections, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = open_connections.limits
        self._connections = open_connections
        self._timeouts = {
            Phase.NEW: limits.head_seconds,
            Phase.HEAD: limits.head_seconds,
            Phase.BODY: limits.body_seconds,
            Phase.IDLE: limits.idle_seconds,
            Phase.ENDING: limits.linger_seconds,
        }
        self._phase = Phase.NEW
        self._since = self.loop.time()
        self._unsent = 0
        self._unsent_since = 0.0
        self._packet = self._first_packet = 0
        self._unfinished_bytes = 0
        """Bytes that came for a head, or between two pieces of a body, since the packet in which it began."""
        self._reading: RequestResponseCycle | None = None
        self._unanswered = 0
        self._refusal: Refusal | None = None
        self._extensions = {ABORT: self._abort}

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._since = self.loop.time()

    # -- the connection --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn declares it.
        super().connection_made(cast("asyncio.Transport", CoalescingTransport(transport, self.loop)))
        if not self._connections.admit(self):
            self.transport.write(
                responses.problem_response(Busy("Too many connections are open. The request was not read; try again."))
            )
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.remove(self)
        super().connection_lost(exc)

    @property
    def waiting_since(self) -> float | None:
        if self._unsent:
            return self._unsent_since
        has_unanswered_request = self._unanswered > (self._reading is not None)
        return None if has_unanswered_request or self._phase is Phase.RESPONDING else self._since

    @property
    def idle_since(self) -> float | None:
        return self._since if self._phase in (Phase.NEW, Phase.IDLE) and not self._unanswered else None

    @property
    def is_receiving_head(self) -> bool:
        return self._phase is Phase.HEAD

    def end_with_answer(self) -> None:
        if self.cycle is not None and not self.cycle.response_started:
            self.cycle.keep_alive = False

    def check(self, now: float) -> None:
        if self._has_unsent_data(now) or self._phase is Phase.RESPONDING:
            return
        if self.flow.read_paused:
            self._since = now  # The server keeps the client waiting.
        elif now - self._since >= self._timeouts[self._phase]:
            self._time_out()

    def _has_unsent_data(self, now: float) -> bool:
        """Whether the client has yet to read a response. One that reads nothing for too long is disconnected."""
        unsent = self.transport.get_write_buffer_size()
        if unsent != self._unsent:
            self._unsent, self._unsent_since = unsent, now
        elif unsent and now - self._unsent_since >= self._connections.answer_seconds:
            self.transport.abort()
        return unsent > 0

    def _time_out(self) -> None:
        if self._phase is Phase.HEAD:
            self._refuse(RequestTimeout(f"The headers of a request have to arrive within {self._timeouts[Phase.HEAD]:g} s."))
        elif self._phase is Phase.BODY:
            self._refuse(RequestTimeout(f"The body of the request paused for more than {self._timeouts[Phase.BODY]:g} s."))
        else:
            self.transport.close()

    def _abort(self) -> None:
        self.transport.abort()

    def evict(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    # -- what comes in ---------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            return
        self._packet = len(data)
        self._unfinished_bytes += self._packet
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            found = error.__context__  # What a callback raised.
            self._refuse(found if isinstance(found, Refusal) else MalformedRequest("The request is not valid HTTP/1.1."))
            return
        if self._unfinished_bytes > request_head.MAX_BYTES and self._phase in (Phase.HEAD, Phase.BODY):
            self._refuse(request_head.too_large())

    def _feed(self, data: bytes) -> None:
        """An offered upgrade ends what the parser reads, whether or not it is taken: the head is read again without the offer."""
        rest: bytes | memoryview = data
        while True:
            try:
                self.parser.feed_data(rest)
            except httptools.HttpParserUpgrade as offer:
                end_of_head = offer.args[0]
            else:
                return
            rest = memoryview(rest)[end_of_head:]
            parser = self.parser
            head = request_head.without_upgrade(parser.get_method(), self.url, parser.get_http_version(), self.headers)
            self.parser = httptools.HttpRequestParser(self)
            self.parser.feed_data(head)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._first_packet, self._unfinished_bytes = self._packet, 0
        self._enter(Phase.HEAD)

    def on_headers_complete(self) -> None:
        version, method = self.parser.get_http_version(), self.parser.get_method()
        if self._first_packet + self._unfinished_bytes > request_head.MAX_BYTES:
            request_head.check_size(self.url, self.headers)
        if self.parser.should_upgrade() and method != b"CONNECT":
            return
        request_head.check(method, version, self.headers)
        self.expect_100_continue = self.expect_100_continue and version == "1.1"
        super().on_headers_complete()
        self.headers = []  # What stands behind a body would get past whoever guards the headers.
        self._unfinished_bytes = 0
        self._reading = self.cycle
        self._unanswered += 1
        self._enter(Phase.BODY)

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._unfinished_bytes = 0
        self._since = self.loop.time()

    def on_message_complete(self) -> None:
        if self._reading is None:  # The offer of an upgrade; its head is read again.
            return
        super().on_message_complete()
        self._reading = None
        if self._unanswered:
            self._phase = Phase.RESPONDING
        else:
            self._enter(Phase.IDLE)

    # -- what goes out ---------------------------------------------------------------------------

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        cycle.scope["extensions"] = cast("Any", self._extensions)
        if cycle.waiting_for_100_continue:
            app = responses.close_unless_continued(cycle, app)
        super()._start_asgi_task(cycle, app)

    def on_response_complete(self) -> None:
        """Goes on with the next request, where one came already. Idle connections are ended by `check`, without timers."""
        self.server_state.total_requests += 1
        self._unanswered -= 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._phase is Phase.RESPONDING:
            self._enter(Phase.IDLE)
        if self._refusal is not None and self._unanswered == 0:
            self._send_refusal()

    def _refuse(self, refusal: Refusal) -> None:
        """Answers a malformed request, after all requests before it. Nothing more is read."""
        self._refusal = refusal
        broken, self._reading = self._reading, None
        if broken is not None:
            if broken.response_started:
                self.transport.close()
                return
            self._abort_request(broken)
        if self._unanswered == 0:
            self._send_refusal()
        else:
            self._enter(Phase.RESPONDING)

    def _abort_request(self, cycle: RequestResponseCycle) -> None:
        """The rest of a request's body will never come."""
        self._unanswered -= 1
        self.pipeline = type(self.pipeline)(queued for queued in self.pipeline if queued[0] is not cycle)
        cycle.disconnected = True
        cycle.message_event.set()

    def _send_refusal(self) -> None:
        """A client that is still sending would lose the answer if the connection were closed on it: it is given some time."""
        assert self._refusal is not None
        if self.transport.is_closing():
            return
        self.transport.write(responses.problem_response(self._refusal))
        self.transport.write_eof()
        self.flow.resume_reading()
        self._enter(Phase.ENDING)
