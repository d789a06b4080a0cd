"""Metrics on a port of their own, for networks where the service's port is public."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from typing import Any

from taskhub.cli.serving.connections import ConnectionLimits
from taskhub.cli.serving.http import HttpServer
from taskhub.cli.serving.port import listening_socket
from taskhub.service.metrics import metrics_app
from taskhub.settings import Settings

LIMITS = ConnectionLimits(most=32, backlog=16)
"""A few collectors ask every now and then."""


def metrics_socket(settings: Settings) -> AbstractContextManager[socket.socket | None]:
    """A socket for metrics, or none where they have no port of their own.

    Raises:
        CommandFailed: the port is taken.
    """
    if settings.metrics_port is None:
        return nullcontext()
    return listening_socket(settings.host, settings.metrics_port, "TASKHUB_METRICS_PORT")


@asynccontextmanager
async def serving_metrics(app: Any, listener: socket.socket | None) -> AsyncIterator[None]:
    """Serves an application's metrics in its own event loop, for as long as the block lasts."""
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
        """The process' signals are the service's."""
        yield
