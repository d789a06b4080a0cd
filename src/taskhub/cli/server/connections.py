"""The open connections of a process: how many there may be, and how long each may keep the server waiting."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import structlog

from taskhub.background import running_loops
from taskhub.cli.server.sockets import BACKLOG

EVICTED_SHARE = 50
"""A fiftieth of all connections is evicted at once, so that not every new one has to search for those that waited longest."""
CHECKS_PER_TIMEOUT = 8
MAX_PAUSE_SECONDS = 1.0
LAST_ANSWER_SECONDS = 1.0
"""How long a client may read nothing of an answer once the server stops: it keeps the whole process waiting."""

_log = structlog.get_logger("taskhub.connections")


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """The timeout of a head starts with its first byte; those of bodies and answers start again with every progress."""

    max_connections: int
    backlog: int = BACKLOG
    """How many more may wait to be accepted. A burst is accepted at once and counted afterwards."""
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    answer_seconds: float = 30.0
    idle_seconds: float = 75.0
    """Longer than proxies keep idle connections (60 s is common): the proxy closes first, and never sends on a closed one."""
    linger_seconds: float = 2.0
    """How long a client that was refused may go on sending before it reads the answer."""

    @property
    def min_timeout_seconds(self) -> float:
        return min(self.head_seconds, self.body_seconds, self.answer_seconds, self.idle_seconds, self.linger_seconds)


class Connection(Protocol):
    """What `Connections` needs of an open connection."""

    @property
    def waiting_since(self) -> float | None:
        """Since when it waits for its client, by the event loop's clock (seconds); None while the client waits for the server."""

    @property
    def idle_since(self) -> float | None:
        """Since when no request is under way, by the event loop's clock (seconds); None where one is."""

    @property
    def is_receiving_head(self) -> bool:
        """Whether a part of a request's head has arrived."""

    def end_with_answer(self) -> None:
        """Ends it with the answer to the request that is under way, if it has not begun."""

    def check(self, now: float) -> None:
        """Ends it if its client has exceeded a timeout."""

    def evict(self) -> None:
        """Ends it at once to make room for another."""


class Connections:
    """The open connections of one listening socket."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: set[Connection] = set()
        self.answer_seconds = limits.answer_seconds
        """How long a client may read nothing of an answer."""
        self.on_change: Callable[[], None] | None = None
        """Called when there is one more or less."""

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: Connection) -> bool:
        """Whether there is room. If all places are taken, those that have waited longest for their clients are evicted.

        Connections with a request under way stay.
        """
        if len(self._open) >= self.limits.max_connections and not self._make_room():
            return False
        self._open.add(connection)
        self._changed()
        return True

    def remove(self, connection: Connection) -> None:
        self._open.discard(connection)
        self._changed()

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()

    def _make_room(self) -> bool:
        waiting = [(since, number, one) for number, one in enumerate(self._open) if (since := one.waiting_since) is not None]
        for _, _, connection in heapq.nsmallest(max(1, self.limits.max_connections // EVICTED_SHARE), waiting):
            self._open.discard(connection)
            connection.evict()
        return bool(waiting)

    def end_with_next_answer(self) -> None:
        for connection in self._open:
            connection.end_with_answer()

    def close_idle(self, seconds: float) -> bool:
        """Closes connections that were idle for so long. Returns whether there are others that may be about to bring a request.

        Those that have one under way are not among them: the server closes none before it has answered.
        """
        now, is_any_left = asyncio.get_running_loop().time(), False
        for connection in tuple(self._open):
            since = connection.idle_since
            if since is not None and now - since >= seconds:
                connection.evict()
            elif since is not None or connection.is_receiving_head:
                is_any_left = True
        return is_any_left

    def stop_soon(self) -> None:
        """From now on answers have to be read at once. Called when the server begins to stop."""
        self.answer_seconds = min(self.answer_seconds, LAST_ANSWER_SECONDS)

    @asynccontextmanager
    async def enforcing_timeouts(self) -> AsyncIterator[None]:
        """Checks the timeouts of all connections for as long as the block lasts."""
        async with running_loops(self._check_all):
            yield

    async def _check_all(self) -> None:
        loop = asyncio.get_running_loop()
        pause = min(MAX_PAUSE_SECONDS, min(self.limits.min_timeout_seconds, self.answer_seconds) / CHECKS_PER_TIMEOUT)
        while True:
            await asyncio.sleep(pause)
            now = loop.time()
            for connection in tuple(self._open):
                try:
                    connection.check(now)
                except Exception:  # The others still have to be checked.
                    _log.exception("a connection could not be checked")
                    self.remove(connection)
