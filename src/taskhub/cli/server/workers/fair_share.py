"""How workers divide connections: whoever has the fewest takes the next one.

Left to chance, the worker that wakes first takes all that wait, keeps them for as long as their clients do, and works alone.
"""

import asyncio
import mmap
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from taskhub.cli.server.connections import Connections

PATIENCE_SECONDS = 0.005
"""How long a new connection waits for a worker that has fewer. It may be busy, or hang."""
AT_ONCE = 4
"""How many are taken then: those that wait, but not a whole burst, of which the other may still take its part."""
FULL_SECONDS = 1.0
"""How long a worker takes no connections after one could not be accepted: it will hardly have more files or memory at once."""
_NOBODY = -1

_log = structlog.get_logger("taskhub.connections")

ProtocolFactory = Callable[[], asyncio.Protocol]


class ConnectionCounts:
    """How many connections each worker has, in memory that all of them share. A worker has a place in it."""

    def __init__(self, places: int) -> None:
        self._counts = memoryview(mmap.mmap(-1, 8 * places)).cast("q")
        self._free: list[int] = []
        for place in range(places):
            self.free(place)

    def take_place(self) -> int:
        """A place for a new worker. Called by the supervisor alone, as `free` is."""
        return self._free.pop()

    def free(self, place: int) -> None:
        self.leave(place)
        self._free.append(place)

    def leave(self, place: int) -> None:
        """Its worker takes no connections: others need not wait for it."""
        self._counts[place] = _NOBODY

    def set(self, place: int, count: int) -> None:
        self._counts[place] = count

    def has_fewest(self, place: int) -> bool:
        """Whether no other has fewer."""
        own = self._counts[place]
        return all(count >= own or count == _NOBODY for count in self._counts)


class FairShare:
    """What one worker takes of the connections to a socket that several listen on."""

    def __init__(self, counts: ConnectionCounts, place: int) -> None:
        self._counts = counts
        self._place = place

    @asynccontextmanager
    async def accepting(self, listener: socket.socket, protocol: ProtocolFactory, open: Connections) -> AsyncIterator[None]:
        """Takes connections for as long as the block lasts, and closes the socket at its end."""
        listener.setblocking(False)
        acceptor = _Acceptor(self._counts, self._place, listener, protocol, open)
        open.on_change = acceptor.count
        acceptor.begin()
        try:
            yield
        finally:
            await acceptor.end()
            open.on_change = None
            listener.close()


class _Acceptor:
    def __init__(
        self, counts: ConnectionCounts, place: int, listener: socket.socket, protocol: ProtocolFactory, open: Connections
    ) -> None:
        self._counts = counts
        self._place = place
        self._listener = listener
        self._protocol = protocol
        self._open = open
        self._opening: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._pause: asyncio.TimerHandle | None = None
        self._has_ended = False

    def begin(self) -> None:
        self.count()
        self._loop.add_reader(self._listener, self._look)

    async def end(self) -> None:
        """Returns when all that was accepted is open: whoever closes connections finds it."""
        self._has_ended = True
        self._counts.leave(self._place)
        self._loop.remove_reader(self._listener)
        if self._pause is not None:
            self._pause.cancel()
        if self._opening:
            await asyncio.wait(self._opening)

    def count(self) -> None:
        if self._has_ended:
            return
        self._counts.set(self._place, len(self._open) + len(self._opening))

    def _look(self) -> None:
        if self._counts.has_fewest(self._place):
            self._accept()
        else:
            self._rest(PATIENCE_SECONDS)

    def _rest(self, seconds: float) -> None:
        self._loop.remove_reader(self._listener)
        self._pause = self._loop.call_later(seconds, self._look_again)

    def _look_again(self) -> None:
        self._loop.add_reader(self._listener, self._look)
        for _ in range(AT_ONCE):
            if not self._accept():
                return

    def _accept(self) -> bool:
        """Whether there was one."""
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False  # Another worker has it, or the client has gone.
        except OSError as error:  # Too many open files, or too little memory.
            _log.warning("a connection could not be accepted", reason=str(error))
            self._rest(FULL_SECONDS)
            return False
        task = self._loop.create_task(self._begin_with(connection))
        self._opening.add(task)
        task.add_done_callback(self._opened)
        self.count()
        return True

    async def _begin_with(self, connection: socket.socket) -> None:
        with suppress(OSError):  # The client may have gone.
            await self._loop.connect_accepted_socket(self._protocol, connection)

    def _opened(self, task: asyncio.Task[None]) -> None:
        self._opening.discard(task)
        self.count()
