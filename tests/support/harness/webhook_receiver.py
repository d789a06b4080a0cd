"""A receiver of webhooks on this machine, which answers as a test says."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any

from support.harness.waiting import eventually

Answer = Callable[["Received", asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Received:
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def message(self) -> Any:
        return json.loads(self.body)


async def no_content(received: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")


def answering(status: int, body: bytes = b"", *headers: str) -> Answer:
    async def answer(received: Received, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} As told", f"content-length: {len(body)}", *headers]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return answer


@dataclass
class Receiver:
    """``answer`` may be replaced at any time. ``connections`` counts whoever connected, with a request or without."""

    port: int = 0
    scheme: str = "http"
    answer: Answer = no_content
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    closed: int = 0
    under_way: int = 0
    most_under_way: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    def at(self, path: str) -> list[Received]:
        """What came to a path."""
        return [one for one in self.received if one.line.split()[1] == path]

    async def has(self, count: int) -> list[Received]:
        """Waits until so many requests have come."""

        async def came() -> bool:
            return len(self.received) >= count

        await eventually(came)
        return self.received

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            received = await _read(reader)
            self.received.append(received)
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            try:
                await self.answer(received, writer)
            finally:
                self.under_way -= 1
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):  # The sender has had enough.
            pass
        finally:
            self.closed += 1
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return Received(head[0], headers, await reader.readexactly(int(headers.get("content-length", 0))))


@asynccontextmanager
async def receiving(host: str = "127.0.0.1", ssl: SSLContext | None = None, *, port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver that listens for as long as the block lasts."""
    receiver = Receiver(scheme="https" if ssl else "http")
    handling: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(receiver.serve(reader, writer))
        handling.add(task)
        task.add_done_callback(handling.discard)

    server = await asyncio.start_server(begin, host, port, ssl=ssl)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in [*handling]:
            task.cancel()
        await asyncio.gather(*handling, return_exceptions=True)
