"""Requests straight into applications of this event loop, as if there were a network in between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx2

SLICE_SECONDS = 0.1
"""A wait consists of such parts."""
_ADDRESS = ("127.0.0.1", 50_000)


class AppTransport(httpx2.AsyncBaseTransport):
    """As a server does, they finish a request whose client has gone: that is what a test of a time-out is about."""

    def __init__(self, apps: Mapping[str, Any]) -> None:
        """``apps``: by the host that they are reached at."""
        self.apps = apps
        self._under_way: set[asyncio.Task[None]] = set()
        self._has_ended = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Raises:
        httpx2.ConnectError: the server was stopped, or it has no such host.
        httpx2.ReadTimeout
        httpx2.RemoteProtocolError: there was no answer.
        """
        app = self.apps.get(request.url.host)
        if app is None or self._has_ended:
            why = "The server was stopped." if self._has_ended else f"There is only {', '.join(self.apps)} in this process."
            raise httpx2.ConnectError(why, request=request)
        exchange = _Exchange(request, await request.aread())
        task = asyncio.create_task(exchange.run(app))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            await _done(task, request.extensions.get("timeout", {}).get("read"))
        finally:
            exchange.hang_up()
        if not task.done():
            raise httpx2.ReadTimeout("The read operation timed out", request=request)
        return exchange.answer(task)

    async def end(self) -> None:
        """Takes no more requests, and breaks off those that are under way."""
        self._has_ended = True
        tasks = [*self._under_way]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _done(task: asyncio.Task[None], seconds: float | None) -> None:
    """Waits for it, at most so long. While the event loop stands still (at the breakpoint of a debugger) no time passes."""
    if seconds is None:
        await asyncio.wait({task})
        return
    while seconds > 0 and not task.done():
        part = min(seconds, SLICE_SECONDS)
        await asyncio.wait({task}, timeout=part)
        seconds -= part


class _Exchange:
    """One request and its answer."""

    def __init__(self, request: httpx2.Request, body: bytes) -> None:
        self._request = request
        self._body: bytes | None = body
        self._start: dict[str, Any] = {}
        self._parts: list[bytes] = []
        self._is_over = asyncio.Event()

    async def run(self, app: Any) -> None:
        await app(_scope(self._request), self._receive, self._send)

    def hang_up(self) -> None:
        """The client does not listen any more."""
        self._is_over.set()

    def answer(self, task: asyncio.Task[None]) -> httpx2.Response:
        """Raises:
        httpx2.RemoteProtocolError: the reply was lost, or the application has failed.
        """
        error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if error is not None or not self._start:
            lost = "Server disconnected without sending a response."
            raise httpx2.RemoteProtocolError(lost, request=self._request) from error
        body = b"".join(self._parts)
        return httpx2.Response(self._start["status"], headers=self._start["headers"], content=body, request=self._request)

    async def _receive(self) -> dict[str, Any]:
        if self._body is None:
            await self._is_over.wait()
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._start.update(message)
        else:
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._is_over.set()


def _scope(request: httpx2.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port or 80),
        "client": _ADDRESS,
        "root_path": "",
    }
