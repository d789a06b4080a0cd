"""Responses that the server gives without the application, or changes."""

import os
from http import HTTPStatus
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from taskhub.kernel.api.problems import MEDIA_TYPE, HttpProblem, problem_of
from taskhub.kernel.domain.errors import DomainError

_log = structlog.get_logger("taskhub.request")


def problem_response(error: HttpProblem | DomainError) -> bytes:
    """The bytes of a problem document, as the last response on a connection. It is logged with its request id."""
    request_id = os.urandom(16).hex()
    status, headers, body = problem_of(error, request_id, keyed=False)
    _log.info("request not read", request_id=request_id, status=status, code=error.code, detail=error.detail)
    lines = [
        b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode()),
        *(name + b": " + value for name, value in headers),
        b"content-type: " + MEDIA_TYPE,
        b"content-length: %d" % len(body),
        b"x-request-id: " + request_id.encode(),
        b"connection: close",
    ]
    return b"\r\n".join([*lines, b"", body])


def close_unless_continued(cycle: RequestResponseCycle, app: ASGIApp) -> Any:
    """The application, for a client that sent `Expect: 100-continue`.

    If the final response comes without `100 Continue`, such a client may omit the body or send it all the same. The server can't
    tell a body from a next request then, so it closes the connection after the response.
    """

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_last(message: Message) -> None:
            if cycle.waiting_for_100_continue:
                cycle.keep_alive = False
            await send(message)

        await app(scope, receive, send_last)

    return run
