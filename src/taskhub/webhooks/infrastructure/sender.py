"""One try: a POST to a public address, whatever the receiver does."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from importlib.metadata import version
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import httpcore2

from taskhub.kernel.application.clock import Clock, Monotonic
from taskhub.webhooks.domain.delivery import Outcome
from taskhub.webhooks.domain.networks import AllowedAddresses

TRY_SECONDS = 10.0
"""For all of one try: the name, the connection, and the answer to its end."""
MAX_ANSWER_BYTES = 64 * 1024
SHOWN_BYTES = 1024
"""How much of an answer the log of deliveries keeps."""
MAX_ADDRESSES = 4
"""How many addresses of a name are tried."""

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, in the order of preference. Raises `OSError`."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_SECONDS = re.compile(r"[0-9]{1,9}")


class AddressNotAllowed(Exception):
    """The host has no address that may be connected to."""


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Looks a name up once, checks what came of that, and connects to that very address: nothing looks it up again.

    The name stays the one that the certificate is checked against, and that the request is for. One is made for each try.
    """

    def __init__(self, allowed: AllowedAddresses, resolve: Resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._network = httpcore2.AnyIOBackend()
        self._stream: httpcore2.AsyncNetworkStream | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # The interface has it.
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise UnknownHost from error
        addresses = [address for address in found if self._allowed.allow(address)][:MAX_ADDRESSES]
        if not addresses:
            raise AddressNotAllowed
        self._stream = await self._connect(addresses, port, timeout, local_address, socket_options)
        return self._stream

    async def _connect(self, addresses: Sequence[str], port: int, *options: Any) -> httpcore2.AsyncNetworkStream:
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, *options)
            except httpcore2.ConnectError:
                continue
        return await self._network.connect_tcp(addresses[-1], port, *options)

    async def close(self) -> None:
        """Closes the connection, wherever it was broken off: the library leaves it open in the middle of a TLS handshake."""
        if self._stream is not None:
            await self._stream.aclose()


class UnknownHost(Exception):
    """The name has no address."""


_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (AddressNotAllowed, "address_not_allowed"),
    (UnknownHost, "unknown_host"),
    (httpcore2.TimeoutException, "timeout"),
    (httpcore2.ConnectError, "connection_failed"),
    (httpcore2.ProtocolError, "malformed_answer"),
    (httpcore2.NetworkError, "connection_lost"),
)


class HttpSender:
    """Follows no redirect, asks no proxy, keeps no connection, sends no cookie, and decodes nothing."""

    def __init__(
        self,
        allowed: AllowedAddresses,
        clock: Clock,
        monotonic: Monotonic,
        resolve: Resolve,
        ssl_context: SSLContext | None = None,
    ) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._clock = clock
        self._monotonic = monotonic
        self._given_context = ssl_context
        self._user_agent = f"TaskHub/{version('taskhub')}"

    @cached_property
    def _ssl_context(self) -> SSLContext:
        return self._given_context or httpcore2.default_ssl_context()

    async def send(self, url: str, headers: dict[str, str], body: bytes) -> Outcome:
        began = self._monotonic()
        try:
            async with asyncio.timeout(TRY_SECONDS):
                status, retry_after, answer = await self._post(url, headers, body)
        except Exception as error:
            word = next((word for kind, word in _WORDS if isinstance(error, kind)), None)
            if word is None:
                raise
            return Outcome(None, word, self._milliseconds_since(began), str(error)[:SHOWN_BYTES])
        shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", answer[:SHOWN_BYTES].decode(errors="replace"))
        return Outcome(status, None, self._milliseconds_since(began), shown, retry_after)

    async def _post(self, url: str, headers: dict[str, str], body: bytes) -> tuple[int, timedelta | None, bytes]:
        headers = {**self._common_headers(url, body), **headers}
        request = httpcore2.Request("POST", url, headers=[*headers.items()], content=body)
        backend = CheckedBackend(self._allowed, self._resolve)
        connection = httpcore2.AsyncHTTPConnection(request.url.origin, ssl_context=self._ssl_context, network_backend=backend)
        try:
            response = await connection.handle_async_request(request)
            try:
                return response.status, self._retry_after(response), await _beginning(response)
            finally:
                await response.aclose()
        finally:
            await backend.close()

    def _common_headers(self, url: str, body: bytes) -> dict[str, str]:
        return {
            "host": urlsplit(url).netloc,
            "content-type": "application/json",
            "content-length": str(len(body)),
            "user-agent": self._user_agent,
            "accept-encoding": "identity",
            "connection": "close",
        }

    def _retry_after(self, response: httpcore2.Response) -> timedelta | None:
        """How long the receiver asks us to wait, in seconds or until a date."""
        if response.status not in (429, 503):
            return None
        text = next((value.decode("latin-1").strip() for name, value in response.headers if name.lower() == b"retry-after"), "")
        if _SECONDS.fullmatch(text):
            return timedelta(seconds=int(text))
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):
            return None
        return max((until if until.tzinfo else until.replace(tzinfo=UTC)) - self._clock(), timedelta())

    def _milliseconds_since(self, began: float) -> int:
        return round((self._monotonic() - began) * 1000)


async def _beginning(response: httpcore2.Response) -> bytes:
    """An answer as it came, as far as it is read: whatever it is encoded with stays so."""
    answer = b""
    async for chunk in response.aiter_stream():
        answer += chunk
        if len(answer) >= MAX_ANSWER_BYTES:
            break
    return answer
