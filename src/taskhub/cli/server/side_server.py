"""A second server in the event loop of the service, on a port of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from taskhub.cli.server.connections import ConnectionLimits
from taskhub.cli.server.http_server import HttpServer


@asynccontextmanager
async def serving_beside(app: Any, listener: socket.socket, limits: ConnectionLimits) -> AsyncIterator[None]:
    """Serves an application in the running event loop, for as long as the block lasts."""
    server = _SideServer(app, limits, lifespan="off")
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _SideServer(HttpServer):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The service handles the signals of the process."""
        yield
