"""A reader of server-sent events, on the application in this process."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode

from starlette.types import Message

from support.harness.api import Api
from support.harness.waiting import PATIENCE_SECONDS
from taskhub.app import TaskHub


class ServerSentEvent(NamedTuple):
    """``data`` is None where only an ``id`` came, which is no event for a browser."""

    id: str
    data: Any


class EventStream:
    """Reads when it is asked to: while ``is_reading`` is not set, what is sent stays with the server, which waits for it."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.pieces: list[int] = []
        """How many bytes were sent at a time."""
        self.is_reading = asyncio.Event()
        self.is_reading.set()
        self.is_waited_for = False
        self.has_ended = False
        self._gone = asyncio.Event()
        self._came = asyncio.Condition()
        self._taken = 0
        self._is_requested = False

    async def next(self, seconds: float = PATIENCE_SECONDS) -> ServerSentEvent:
        """The next event that is not only a comment."""
        async with asyncio.timeout(seconds), self._came:
            await self._came.wait_for(lambda: len(self.events) > self._taken or self.has_ended)
        self._taken += 1
        return self.events[self._taken - 1]

    @property
    def events(self) -> list[ServerSentEvent]:
        return [event for block in self.body.decode().split("\n\n")[:-1] if (event := _event(block)) is not None]

    @property
    def comments(self) -> int:
        return sum(block.startswith(":") for block in self.body.decode().split("\n\n"))

    async def ended(self) -> None:
        """Waits until the service has ended it."""
        async with asyncio.timeout(PATIENCE_SECONDS), self._came:
            await self._came.wait_for(lambda: self.has_ended)

    async def serve(self, serving: Awaitable[None]) -> None:
        """A stream ends with the request, also where the service could not say so to one who does not read."""
        await serving
        if not self._gone.is_set():
            async with self._came:
                self.has_ended = True
                self._came.notify_all()

    def leave(self) -> None:
        self._gone.set()

    async def receive(self) -> Message:
        if not self._is_requested:
            self._is_requested = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.is_waited_for = not self.is_reading.is_set()
        await self.is_reading.wait()
        async with self._came:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            else:
                self.body += message.get("body", b"")
                self.pieces.append(len(message.get("body", b"")))
                self.has_ended = not message.get("more_body", False)
            self._came.notify_all()


def _event(block: str) -> ServerSentEvent | None:
    fields = dict(line.split(": ", 1) for line in block.split("\n") if line and not line.startswith(":"))
    if not fields:
        return None
    return ServerSentEvent(fields["id"], json.loads(fields["data"]) if "data" in fields else None)


@asynccontextmanager
async def event_stream(app: TaskHub, api: Api, method: str = "GET", **parameters: Any) -> AsyncIterator[EventStream]:
    """Opens the stream of the workspace that a client is in. ``last_event_id`` is sent as a header."""
    headers = [(b"host", b"taskhub.test"), (b"authorization", api.client.headers["authorization"].encode())]
    if (last := parameters.pop("last_event_id", None)) is not None:
        headers.append((b"last-event-id", last.encode()))
    stream = EventStream()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": api.at("stream"),
        "raw_path": api.at("stream").encode(),
        "root_path": "",
        "query_string": urlencode(parameters, doseq=True).encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("taskhub.test", 80),
    }
    serving = asyncio.create_task(stream.serve(app(scope, stream.receive, stream.send)))
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not stream.status and not serving.done():
                await asyncio.sleep(0.001)
        yield stream
    finally:
        stream.is_reading.set()
        stream.leave()
        await asyncio.wait_for(serving, PATIENCE_SECONDS)
