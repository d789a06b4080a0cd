"""Calls the application in its event loop. What a general client does beside takes half as long as the application again."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any

import httpx2
from starlette.types import ASGIApp, Message, Scope

HOST = "taskhub.test"
ADDRESS = ("127.0.0.1", 50_000)


class AppClient:
    """One caller. Paths begin with `/v1`."""

    def __init__(self, app: ASGIApp, token: str | None = None) -> None:
        self._app = app
        self._headers = {"accept": "*/*"} if token is None else {"accept": "*/*", "authorization": f"Bearer {token}"}

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        content: str | bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        request = httpx2.Request(
            method, f"http://{HOST}{path}", headers={**self._headers, **(headers or {})}, json=json, content=content
        )
        exchange = _Exchange(request)
        await self._app(_scope_of(request), exchange.receive, exchange.send)
        return httpx2.Response(exchange.status, headers=exchange.headers, content=b"".join(exchange.parts), request=request)

    async def post(self, path: str, json: Any) -> httpx2.Response:
        return await self.request("POST", path, json=json)


class _Exchange:
    """What is sent to the application, and what it has answered."""

    def __init__(self, request: httpx2.Request) -> None:
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        self._chunks: AsyncIterator[bytes] = aiter(request.stream)
        self._is_sent = False
        self._is_answered = asyncio.Event()
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []

    async def receive(self) -> Message:
        if self._is_sent:
            await self._is_answered.wait()
            return {"type": "http.disconnect"}
        chunk = await anext(self._chunks, None)
        self._is_sent = chunk is None
        return {"type": "http.request", "body": chunk or b"", "more_body": not self._is_sent}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], [*message["headers"]]
        else:
            self.parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._is_answered.set()


def _scope_of(request: httpx2.Request) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": "http",
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "server": (HOST, 80),
        "client": ADDRESS,
        "root_path": "",
    }
