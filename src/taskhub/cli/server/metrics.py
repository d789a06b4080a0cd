"""Metrics on a separate port, for networks where the service's port is public."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from taskhub.cli.server.connections import ConnectionLimits
from taskhub.cli.server.http_server import HttpServer
from taskhub.service.metrics import metrics_app

LIMITS = ConnectionLimits(max_connections=32, backlog=16)
"""Only a few collectors scrape it."""


@asynccontextmanager
async def serving_metrics(app: Any, listener: socket.socket | None) -> AsyncIterator[None]:
    """Serves an application's metrics in the running event loop, for as long as the block lasts; nothing without a listener."""
    if listener is None:
        yield
        return
    server = _MetricsServer(metrics_app(app), LIMITS, lifespan="off")
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _MetricsServer(HttpServer):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The service handles the signals of the process."""
        yield
