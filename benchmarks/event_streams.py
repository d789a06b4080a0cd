"""Streams of changes as their readers hold them open: sockets that do nothing but read."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from benchmarks.servers import Server

OPENING = 50
"""How many are opened at once."""
LINE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Reader:
    """What a stream is opened with: the path of a workspace, and a token."""

    path: str
    token: str


@dataclass(frozen=True, slots=True)
class EventStream:
    """A stream that is open."""

    reader: asyncio.StreamReader

    async def changes(self) -> AsyncIterator[tuple[float, dict[str, object]]]:
        """The changes as they arrive, each with the time by `time.perf_counter`."""
        async for line in self.reader:
            if line.startswith(b"data:"):
                yield time.perf_counter(), json.loads(line.removeprefix(b"data:"))


@asynccontextmanager
async def open_streams(server: Server, readers: list[Reader]) -> AsyncIterator[list[EventStream]]:
    """All of them, from the end of their logs on. They are closed when the block ends."""
    async with AsyncExitStack() as stack:
        streams: list[EventStream] = []
        for some in _chunks(readers, OPENING):
            opened = await asyncio.gather(*(_opened(server, reader) for reader in some))
            for stream, writer in opened:
                stack.callback(writer.close)
                streams.append(stream)
        yield streams


def _chunks(readers: list[Reader], size: int) -> Iterator[list[Reader]]:
    for start in range(0, len(readers), size):
        yield readers[start : start + size]


async def _opened(server: Server, reader: Reader) -> tuple[EventStream, asyncio.StreamWriter]:
    source, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=LINE_BYTES)
    writer.write(
        f"GET {reader.path}/stream?from=now HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {reader.token}\r\n\r\n".encode()
    )
    head = await asyncio.wait_for(source.readuntil(b"\r\n\r\n"), 30)
    if not head.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(head.decode())
    return EventStream(source), writer
