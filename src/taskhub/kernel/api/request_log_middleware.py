"""The outermost layer: request ids, one log line and one measurement per request. Plain ASGI."""

import os
import re
import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskhub.kernel.api.bodies import ClientGone
from taskhub.kernel.api.escaped_paths import escaped_path
from taskhub.kernel.api.metrics import RequestMetrics
from taskhub.kernel.application.initiator import current_initiator
from taskhub.kernel.application.tracing import SpanKind, Trace, Tracer, span_context_of

PROBES = frozenset({"/health/live", "/health/ready"})
"""What is asked every few seconds for as long as the process lives."""
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")


class RequestLogMiddleware:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics, tracer: Tracer | None = None) -> None:
        self.app = app
        self.metrics = metrics
        self.tracer = tracer
        # Bound once: the proxy that stands for a logger until it is used would be asked again for every line.
        self.log = structlog.get_logger("taskhub.request").bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        logged = _LoggedRequest(scope, send, self.log, self.tracer)
        token = current_initiator.set(logged)  # `initiated_by` costs three times as much.
        try:
            await self.app(logged.scope, receive, logged.send)
        except ClientGone:
            logged.status = 499
        finally:
            current_initiator.reset(token)
            logged.close(self.metrics)


class _LoggedRequest:
    """One request and its answer. It is the `Initiator` of what is done for it."""

    def __init__(self, scope: Scope, send: Send, log: Any, tracer: Tracer | None) -> None:
        self.started = time.perf_counter()
        self.status = 0
        self.is_head = scope["method"] == "HEAD"
        self.trace = None if tracer is None or scope["path"] in PROBES else _trace_of(scope, tracer)
        self.request_id = _request_id(scope, self.trace)
        # HEAD is GET without its body, wherever there is a GET.
        self.method = "GET" if self.is_head else scope["method"]
        self.scope = {
            **scope,
            "method": self.method,
            "escaped_path": escaped_path(scope),
            "request_id": self.request_id,
            "status": 0,
            "is_head": self.is_head,
            "is_long": False,
        }
        self._send = send
        self._log = log

    @property
    def operation(self) -> str:
        return f"{self.method} {self._route}"

    @property
    def _route(self) -> str:
        return getattr(self.scope.get("route"), "path", "unmatched")

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = self.scope["status"] = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", self.request_id.encode())]
        elif self.is_head:
            message = {**message, "body": b""}
        await self._send(message)

    def close(self, metrics: RequestMetrics) -> None:
        seconds = time.perf_counter() - self.started
        metrics.observe(self.method, self._route, self.status, None if self.scope["is_long"] else seconds)
        if self.trace is not None:
            self._finish(self.trace)
        tell = self._log.debug if self.scope["path"] in PROBES else self._log.info
        tell(
            "request",
            request_id=self.request_id,
            method=self.scope["method"],
            path=self.scope["escaped_path"],
            status=self.status,
            milliseconds=round(seconds * 1000, 2),
        )

    def _finish(self, trace: Trace) -> None:
        attributes = (
            ("http.request.method", self.method),
            ("http.route", self._route),
            ("http.response.status_code", self.status),
            ("url.path", self.scope["path"]),
            ("taskhub.request_id", self.request_id),
        )
        trace.finish(self.operation, attributes, str(self.status) if self.status >= 500 else None)


def _trace_of(scope: Scope, tracer: Tracer) -> Trace | None:
    return tracer.begin(SpanKind.SERVER, span_context_of(scope["headers"]))


def _request_id(scope: Scope, trace: Trace | None) -> str:
    """The client's, if it is one, or a new one: that of the trace, which finds it, or else 128 random bits."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value).decode()
    return os.urandom(16).hex() if trace is None else trace.request_id
