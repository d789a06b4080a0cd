"""How many connections a process holds open, and for how long each may keep it waiting."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import structlog

from taskhub.background import running_loops
from taskhub.cli.server.sockets import BACKLOG

EVICTED_SHARE = 50
"""A fiftieth of all: so the search for those that have waited longest is not made anew for each newcomer."""
CHECKS_PER_TIMEOUT = 8
MAX_PAUSE_SECONDS = 1.0

_log = structlog.get_logger("taskhub.connections")


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Each time begins anew with what a client does: a head with its first byte, a body and an answer with every progress."""

    max_connections: int
    backlog: int = BACKLOG
    """How many more may wait to be accepted. A burst of them is accepted at once, and counted afterwards."""
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    answer_seconds: float = 30.0
    idle_seconds: float = 75.0
    """Longer than proxies keep idle connections (60 s is common): who closes first must be the one that sends."""
    linger_seconds: float = 2.0
    """How long a client that was refused may go on sending before it looks at the answer."""

    @property
    def min_timeout_seconds(self) -> float:
        return min(self.head_seconds, self.body_seconds, self.answer_seconds, self.idle_seconds, self.linger_seconds)


class Connection(Protocol):
    """What is asked of an open connection."""

    @property
    def waiting_since(self) -> float | None:
        """Since when it waits for its client, as the event loop counts seconds; None while the client waits for us."""

    def check(self, now: float) -> None:
        """Ends what its client has kept waiting for too long."""

    def evict(self) -> None:
        """Ends it at once: its place is needed."""


class Connections:
    """The open connections of one listening socket."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self._open: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: Connection) -> bool:
        """Whether there is room, or could be made: who has kept us waiting longest goes. Requests under way stay."""
        if len(self._open) >= self.limits.max_connections and not self._make_room():
            return False
        self._open.add(connection)
        return True

    def remove(self, connection: Connection) -> None:
        self._open.discard(connection)

    def _make_room(self) -> bool:
        waiting = [(since, number, one) for number, one in enumerate(self._open) if (since := one.waiting_since) is not None]
        for _, _, connection in heapq.nsmallest(max(1, self.limits.max_connections // EVICTED_SHARE), waiting):
            self._open.discard(connection)
            connection.evict()
        return bool(waiting)

    @asynccontextmanager
    async def enforcing_timeouts(self) -> AsyncIterator[None]:
        """Holds the limits of time, for as long as the block lasts."""
        async with running_loops(self._check):
            yield

    async def _check(self) -> None:
        loop = asyncio.get_running_loop()
        pause = min(MAX_PAUSE_SECONDS, self.limits.min_timeout_seconds / CHECKS_PER_TIMEOUT)
        while True:
            await asyncio.sleep(pause)
            now = loop.time()
            for connection in tuple(self._open):
                try:
                    connection.check(now)
                except Exception:  # One that can't be checked must not keep the others from it.
                    _log.exception("a connection could not be checked")
                    self.remove(connection)
