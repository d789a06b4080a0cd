"""Cross-origin requests, for the origins that were configured."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import Scope

from taskhub.kernel.api.problems import HttpProblem


class PreflightRefused(HttpProblem):
    status, code, title = 403, "preflight_refused", "Preflight refused"


class Cors(CORSMiddleware):
    """Starlette's, whose refusals are problems like all others."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code != 200:
            raise preflight_refused(bytes(response.body).decode())
        return response


def preflight_refused(why: str) -> PreflightRefused:
    return PreflightRefused(f"{why}.", [(b"vary", b"Origin")])


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks on behalf of a page. Any other `OPTIONS` asks for itself."""
    names = {name for name, _ in scope["headers"]}
    return scope["method"] == "OPTIONS" and {b"origin", b"access-control-request-method"} <= names
