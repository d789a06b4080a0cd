"""Cross-origin requests, for the origins that were configured."""

from uuid import uuid4

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from taskhub.kernel.api.problems import MEDIA_TYPE, HttpProblem, problem_of
from taskhub.kernel.api.responses import JsonResponse


class PreflightRefused(HttpProblem):
    status, code, title = 403, "preflight_refused", "Preflight refused"


class Cors(CORSMiddleware):
    """Starlette's, whose refusals are problems like all others."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code == 200:
            return response
        request_id = uuid4().hex
        refusal = PreflightRefused(f"{bytes(response.body).decode()}.")
        status, _, body = problem_of(refusal, request_id, keyed=False)
        return JsonResponse(status, body, [(b"vary", b"Origin"), (b"x-request-id", request_id.encode())], MEDIA_TYPE)
