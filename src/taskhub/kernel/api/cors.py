"""Cross-origin requests, for the origins that were configured."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from taskhub.kernel.api.problems import HttpProblem


class PreflightRefused(HttpProblem):
    status, code, title = 403, "preflight_refused", "Preflight refused"


class Cors(CORSMiddleware):
    """Starlette's, whose refusals are problems like all others."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code != 200:
            raise PreflightRefused(f"{bytes(response.body).decode()}.", [(b"vary", b"Origin")])
        return response
