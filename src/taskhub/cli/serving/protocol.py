"""HTTP on the wire: what can't be read is refused as a problem too, and headers are bounded."""

import asyncio
import os
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from taskhub.cli.serving.transport import JoiningTransport
from taskhub.kernel.api.problems import MEDIA_TYPE, HeadersTooLarge, HttpProblem, MalformedRequest, problem_of

MOST_HEADER_BYTES = 64 * 1024


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn declares it.
        super().connection_made(cast("asyncio.Transport", JoiningTransport(transport, self.loop)))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._header_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def _count(self, size: int) -> None:
        """Raising stops the parser, which answers with `send_400_response`."""
        self._header_bytes += size
        if self._header_bytes > MOST_HEADER_BYTES:
            raise ValueError("headers too large")

    def send_400_response(self, msg: str) -> None:
        error: HttpProblem = MalformedRequest("This is no request that can be read as HTTP/1.1.")
        if self._header_bytes > MOST_HEADER_BYTES:
            error = HeadersTooLarge(f"Path and headers may have up to {MOST_HEADER_BYTES} bytes.")
        request_id = os.urandom(16).hex()
        status, headers, body = problem_of(error, request_id, keyed=False)
        lines = [
            b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode()),
            *(name + b": " + value for name, value in headers),
            b"content-type: " + MEDIA_TYPE,
            b"content-length: %d" % len(body),
            b"x-request-id: " + request_id.encode(),
            b"connection: close",
        ]
        self.transport.write(b"\r\n".join([*lines, b"", body]))
        self.transport.close()
