"""A worker's link to its supervisor."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from taskhub.background import running_loops
from taskhub.cli.server.workers.channel import Channel, Kind, Message
from taskhub.kernel.application.errors import Unavailable
from taskhub.service.metrics import snapshot_of

PEERS_SECONDS = 2.0
"""How long to wait for what the others have measured: longer than the supervisor waits for them."""
TELL_SECONDS = 5.0
"""How often a worker says what it has measured: so much is lost where it is killed."""
LAST_SEND_SECONDS = 1.0

_decode = msgspec.msgpack.Decoder(list[bytes]).decode


class SupervisorLink:
    """Says that the worker serves and what it has measured, and ends it when it shall retire. Implements `Peers`.

    Attributes:
        retire: ends the worker.
    """

    retire: Callable[[], None]

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._app: Any = None
        self._waiting: list[asyncio.Future[Sequence[bytes]]] = []
        self._is_cut = False

    @asynccontextmanager
    async def serving(self, app: Any) -> AsyncIterator[None]:
        """Entered when the worker takes requests."""
        self._app = app
        app.state.peers = self
        # Read for as long as the event loop runs: who finishes its last requests goes on counting, and is asked.
        asyncio.get_running_loop().add_reader(self._channel.fileno(), self._received)
        self._send(Kind.SERVES)
        self._send(Kind.MEASURED, snapshot_of(app))
        async with running_loops(self._tell):
            yield

    async def snapshots(self, own: bytes) -> Sequence[bytes]:
        """As `Peers`.

        Raises:
            Unavailable: the supervisor does not answer, or has ended.
        """
        if self._is_cut:
            raise _no_answer()
        answer: asyncio.Future[Sequence[bytes]] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        self._send(Kind.ASKS_PEERS, own)
        try:
            async with asyncio.timeout(PEERS_SECONDS):
                return await answer
        except TimeoutError:
            raise _no_answer() from None

    def send_last_measurements(self) -> None:
        """Says what was measured until the end. Called when nothing is served any more."""
        if self._app is not None:
            self._channel.send(Kind.MEASURED, snapshot_of(self._app))
            self._channel.send_all(LAST_SEND_SECONDS)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            self._send(Kind.MEASURED, snapshot_of(self._app))

    def _received(self) -> None:
        try:
            for message in self._channel.receive():
                self._handle(message)
        except EOFError:  # The server looks for its parent by itself, and ends.
            asyncio.get_running_loop().remove_reader(self._channel.fileno())
            self._is_cut = True
            for answer in self._waiting:
                if not answer.done():
                    answer.set_exception(_no_answer())

    def _handle(self, message: Message) -> None:
        if message.kind is Kind.MEASURE:
            self._send(Kind.MEASURED, snapshot_of(self._app))
        elif message.kind is Kind.RETIRE:
            self.retire()
        elif message.kind is Kind.PEERS:
            answer = self._waiting.pop(0)  # They are answered in order.
            if not answer.done():
                answer.set_result(_decode(message.body))

    def _send(self, kind: Kind, body: bytes = b"") -> None:
        self._channel.send(kind, body)
        self._flush_later()

    def _flush_later(self) -> None:
        if self._channel.has_unsent:
            asyncio.get_running_loop().add_writer(self._channel.fileno(), self._flush)

    def _flush(self) -> None:
        self._channel.flush()
        if not self._channel.has_unsent:
            asyncio.get_running_loop().remove_writer(self._channel.fileno())


def _no_answer() -> Unavailable:
    return Unavailable("The supervisor of the workers does not answer, so nobody knows what the others have measured.")
