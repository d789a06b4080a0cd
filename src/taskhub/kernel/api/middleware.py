"""The outermost layer: request ids, the last word on errors, one log line and one measurement per request. Plain ASGI."""

import re
import time
from typing import Any
from uuid import uuid4

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from taskhub.kernel.api.bodies import ClientGone
from taskhub.kernel.api.metrics import RequestMetrics
from taskhub.kernel.api.problems import MEDIA_TYPE, MethodNotAllowed, problem_of
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.domain.errors import NotFound

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
log = structlog.get_logger("taskhub.request")


class RequestFrame:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            await self.app(exchange.scope, receive, exchange.send)
        except ClientGone:
            exchange.status = 499
        except Exception as error:
            await exchange.refuse(error, receive)
        finally:
            exchange.close(self.metrics)


class _Exchange:
    """One request and its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.started = time.perf_counter()
        self.status = 0
        self.is_head = scope["method"] == "HEAD"
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        self.request_id = given if _REQUEST_ID.fullmatch(given) else uuid4().hex.encode()
        # HEAD is GET without its body, wherever there is a GET.
        self.method = "GET" if self.is_head else scope["method"]
        self.scope = {**scope, "method": self.method, "request_id": self.request_id.decode()}
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", self.request_id)]
        elif self.is_head:
            message = {**message, "body": b""}
        await self._send(message)

    async def refuse(self, error: Exception, receive: Receive) -> None:
        if isinstance(error, HTTPException):
            error = self._of_framework(error)
        keyed = any(name == b"idempotency-key" for name, _ in self.scope["headers"])
        status, headers, body = problem_of(error, self.request_id.decode(), keyed=keyed)
        if status == 500:
            log.error("request failed", request_id=self.request_id.decode(), path=self.scope["path"], exc_info=error)
        if self.status:
            raise error  # The answer has begun: all that is left is to break it off.
        headers += self.scope.get("answer_headers", ())
        await JsonResponse(status, body, headers, MEDIA_TYPE)(self.scope, receive, self.send)

    def _of_framework(self, error: HTTPException) -> Exception:
        """The router's own refusals."""
        if error.status_code == 405:
            allowed = ", ".join(_allowed_methods(self.scope["app"].routes, self.scope))
            return MethodNotAllowed(f"This path takes {allowed}.", [(b"allow", allowed.encode())])
        return NotFound("There is nothing at this path.") if error.status_code == 404 else error

    def close(self, metrics: RequestMetrics) -> None:
        seconds = time.perf_counter() - self.started
        route = self.scope.get("route")
        path = getattr(route, "path", "unmatched")
        metrics.observe(self.method, path, self.status, seconds)
        log.info(
            "request",
            request_id=self.request_id.decode(),
            method=self.scope["method"],
            path=self.scope["path"],
            status=self.status,
            milliseconds=round(seconds * 1000, 2),
        )


def _allowed_methods(routes: list[Any], scope: Scope) -> list[str]:
    """All methods of all routes on this path: the router knows only those of the first.

    A path that a route has word for word is no value of another's parameter.
    """
    matching = [route for route in routes if route.path_regex.match(scope["path"])]
    literal = [route for route in matching if route.path == scope["path"]]
    found = {method for route in literal or matching for method in route.methods}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))
