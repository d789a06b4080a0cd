"""The last word on errors: whatever is raised further in becomes a problem document here. Plain ASGI."""

from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from taskhub.kernel.api.bodies import ClientGone
from taskhub.kernel.api.cors import is_preflight, preflight_refused
from taskhub.kernel.api.problems import MEDIA_TYPE, MethodNotAllowed, problem_of
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.domain.errors import NotFound


class ErrorMiddleware:
    """Answers for an application that raises."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.log = structlog.get_logger("taskhub.request").bind()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except ClientGone:
            raise
        except Exception as error:
            if scope.get("status"):
                raise  # The answer has begun: all that is left is to break it off.
            await self._refuse(error, scope, receive, send)

    async def _refuse(self, error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
        if isinstance(error, HTTPException):
            error = _of_router(error, scope)
        request_id = scope["request_id"]
        keyed = any(name == b"idempotency-key" for name, _ in scope["headers"])
        status, headers, body = problem_of(error, request_id, keyed=keyed)
        if status == 500:
            self.log.error("request failed", request_id=request_id, path=scope["escaped_path"], exc_info=error)
        given = {name for name, _ in headers}
        headers = [*headers, *(header for header in scope.get("answer_headers", ()) if header[0] not in given)]
        await JsonResponse(status, body, headers, MEDIA_TYPE)(scope, receive, send)


def _of_router(error: HTTPException, scope: Scope) -> Exception:
    """The router's own refusals. A preflight gets here only where no origin at all was configured."""
    if is_preflight(scope):
        return preflight_refused("Disallowed CORS origin")
    if error.status_code == 405:
        # A mounted router sends its own `Allow`.
        allowed = (error.headers or {}).get("Allow") or ", ".join(_allowed_methods(scope["app"].routes, scope))
        return MethodNotAllowed(f"This path supports these methods: {allowed}.", [(b"allow", allowed.encode())])
    return NotFound("There is no operation at this path.") if error.status_code == 404 else error


def _allowed_methods(routes: list[Any], scope: Scope) -> list[str]:
    """All methods of all routes on this path: the router knows only those of the first.

    A word that stands in the path of a route is no value of another's parameter.
    """
    matching = [route for route in routes if route.path_regex.match(scope["escaped_path"])]
    fewest = min(len(route.param_convertors) for route in matching)
    found = {method for route in matching if len(route.param_convertors) == fewest for method in route.methods}
    return sorted(found | ({"HEAD"} if "GET" in found else set()))
