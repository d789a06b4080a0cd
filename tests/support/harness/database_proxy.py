"""A TCP proxy between the service and its database that can break connections at a chosen moment."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, unquote, urlsplit

from support.harness.waiting import PATIENCE_SECONDS

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Cut:
    """The next message that holds `marker` is lost: itself, or only the answer to it."""

    def __init__(self, marker: bytes, *, answer_only: bool) -> None:
        self.marker = marker
        self.answer_only = answer_only
        self.happened = asyncio.Event()


class DatabaseProxy:
    """Forwards connections to a database until told otherwise."""

    def __init__(self, url: str) -> None:
        self._upstream = _connector(url)
        self._url = urlsplit(url)
        self._cuts: list[Cut] = []
        self._writers: set[asyncio.StreamWriter] = set()
        self._refuses = False
        self.port = 0

    @property
    def url(self) -> str:
        user = f"{self._url.username}:{self._url.password}" if self._url.password else self._url.username
        return f"postgresql+asyncpg://{user}@127.0.0.1:{self.port}{self._url.path}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["DatabaseProxy"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.break_connections()
            async with asyncio.timeout(PATIENCE_SECONDS):
                await server.wait_closed()

    def cut_at(self, marker: str, *, answer_only: bool) -> Cut:
        """Breaks the connection that sends the marker: before the database has it, or before its answer comes back."""
        cut = Cut(marker.encode(), answer_only=answer_only)
        self._cuts.append(cut)
        return cut

    def go_away(self) -> None:
        """Breaks all connections, and refuses new ones until `come_back`."""
        self._refuses = True
        self.break_connections()

    def come_back(self) -> None:
        self._refuses = False

    def break_connections(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.transport.abort()
            return
        server_reader, server_writer = await self._upstream()
        both = {writer, server_writer}
        self._writers |= both
        answer_lost = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._requests(reader, server_writer, answer_lost))
                group.create_task(self._answers(server_reader, writer, answer_lost))
        except* (ConnectionError, EOFError):
            pass
        finally:
            self._writers -= both
            for each in both:
                each.transport.abort()

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer_lost: asyncio.Event) -> None:
        while data := await reader.read(65536):
            cut = next((cut for cut in self._cuts if cut.marker in data), None)
            if cut is not None:
                self._cuts.remove(cut)
                cut.happened.set()
                if not cut.answer_only:
                    raise ConnectionResetError
                answer_lost.set()
            writer.write(data)
            await writer.drain()
        raise EOFError

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer_lost: asyncio.Event) -> None:
        while data := await reader.read(65536):
            if answer_lost.is_set():
                raise ConnectionResetError
            writer.write(data)
            await writer.drain()
        raise EOFError


def _connector(url: str) -> Callable[[], Awaitable[Streams]]:
    """Opens connections to the database behind a URL, over TCP or over a Unix socket."""
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    host = unquote(options["host"][0]) if "host" in options else parts.hostname or "127.0.0.1"
    port = int(options["port"][0]) if "port" in options else parts.port or 5432
    if host.startswith("/"):
        return lambda: asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    return lambda: asyncio.open_connection(host, port)
