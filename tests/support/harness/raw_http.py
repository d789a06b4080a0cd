"""HTTP by hand: a server in a thread of this process, and a client that sends the bytes that it is told to."""

import asyncio
import json
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, Self

from starlette.types import Message, Receive, Scope, Send

from support.harness.waiting import PATIENCE_SECONDS, wait_until
from taskhub.cli.server.connections import ConnectionLimits
from taskhub.cli.server.http_server import HttpServer

LARGE = 32 * 1024 * 1024
"""More bytes than the buffers of a connection hold."""
PIECE = 4096


@dataclass(frozen=True)
class RecordedRequest:
    """A request, as the application saw it."""

    method: str
    path: str
    query: str
    body: str
    headers: tuple[tuple[str, str], ...]

    def values_of(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header == name]


class Recorder:
    """An application that keeps what it is asked, and answers by path.

    ``/held`` waits for `release`, ``/unread`` answers without a look at the body, ``/large`` answers more than anybody's buffers
    hold, ``/abandoned`` is a client that left. All else answers 200 with the body that came.
    """

    def __init__(self) -> None:
        self.seen: list[RecordedRequest] = []
        self.abandoned = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._released = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._loop = asyncio.get_running_loop()
        if scope["path"] == "/unread":
            await _answer(send, b"unread")
            return
        body = await self._body(receive)
        if body is None:
            return
        self.seen.append(
            RecordedRequest(
                scope["method"],
                scope["path"],
                scope["query_string"].decode(),
                body.decode(),
                tuple((name.decode(), value.decode()) for name, value in scope["headers"]),
            )
        )
        if scope["path"] == "/held":
            await self._released.wait()
        await _answer(send, b"x" * LARGE if scope["path"] == "/large" else body)

    async def _body(self, receive: Receive) -> bytes | None:
        body = b""
        while True:
            message: Message = await receive()
            if message["type"] == "http.disconnect":
                self.abandoned += 1
                return None
            body += message["body"]
            if not message.get("more_body", False):
                return body

    def forget(self) -> None:
        self.seen, self.abandoned = [], 0
        self._released = asyncio.Event()

    def when_held(self) -> None:
        """Returns once ``/held`` waits."""
        wait_until(lambda: any(one.path == "/held" for one in self.seen))

    def release(self) -> None:
        """Lets ``/held`` answer."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._released.set)


async def _answer(send: Send, body: bytes) -> None:
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> Any:
        assert self.headers["content-type"] == "application/problem+json"
        document = json.loads(self.body)
        assert document["request_id"] == self.headers["x-request-id"]
        assert document["status"] == self.status
        return document


class RawConnection:
    """One connection to a server."""

    def __init__(self, port: int, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE_SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_for_ever(self, data: bytes) -> NoReturn:
        """Until it fails."""
        while True:
            self.send(data)

    def answer(self, while_slow: Callable[[], bool] = lambda: False) -> Answer:
        """The next answer, other than `100 Continue`; its body in small pieces as long as ``while_slow``."""
        line = self._file.readline()
        assert line.startswith(b"HTTP/1.1 "), f"no answer came, but {line!r}"
        status = int(line.split(b" ", 2)[1])
        headers = {}
        while (line := self._file.readline().strip()) != b"":
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        if status == 100:
            return self.answer()
        pieces = []
        left = int(headers.get("content-length", "0"))
        while left and while_slow():
            pieces.append(self._file.read(min(left, PIECE)))
            left -= len(pieces[-1])
        pieces.append(self._file.read(left))
        return Answer(status, headers, b"".join(pieces))

    def ask(self, data: bytes) -> Answer:
        self.send(data)
        return self.answer()

    def has_something(self) -> bool:
        """Whether an answer or the end came."""
        return bool(select.select([self.socket], [], [], 0)[0])

    def is_ended(self) -> bool:
        """Waits for the server to close the connection, without a further answer. False where an answer comes instead."""
        try:
            return self._file.read(1) == b""
        except ConnectionResetError:
            return True


class ThreadedServer:
    """A `HttpServer` on a free port, in its own thread and event loop."""

    def __init__(self, app: Any, limits: ConnectionLimits) -> None:
        self.app = app
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.server = HttpServer(app, limits, lifespan="off")
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self._listener]})

    def __enter__(self) -> Self:
        self._thread.start()
        wait_until(lambda: self.server.started)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.force_exit = self.server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def connect(self, **options: Any) -> RawConnection:
        return RawConnection(self.port, **options)


@contextmanager
def recording(limits: ConnectionLimits) -> Iterator[tuple[ThreadedServer, Recorder]]:
    recorder = Recorder()
    with ThreadedServer(recorder, limits) as server:
        yield server, recorder
