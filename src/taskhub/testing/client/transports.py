"""How requests reach a server: over shared connections, or straight into an application of this process."""

from __future__ import annotations

from typing import Any

import httpx2

Scope = dict[str, Any]


class SharedTransport(httpx2.BaseTransport):
    """One for all clients of a server: closing a client closes nothing that others use."""

    def __init__(self, transport: httpx2.BaseTransport | None) -> None:
        self._transport = transport or httpx2.HTTPTransport(verify=False)  # It speaks HTTP on loopback.

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Nothing: see `really_close`."""

    def really_close(self) -> None:
        self._transport.close()


class AsyncSharedTransport(httpx2.AsyncBaseTransport):
    """The same for those who await."""

    def __init__(self, transport: httpx2.AsyncBaseTransport | None) -> None:
        self._transport = transport or httpx2.AsyncHTTPTransport(verify=False)  # It speaks HTTP on loopback.

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Nothing: see `really_close`."""

    async def really_close(self) -> None:
        await self._transport.aclose()
