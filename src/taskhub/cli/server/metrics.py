"""Metrics on a separate port, for networks where the service's port is public."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from taskhub.cli.server.connections import ConnectionLimits
from taskhub.cli.server.side_server import serving_beside
from taskhub.service.metrics import metrics_app

LIMITS = ConnectionLimits(max_connections=32, backlog=16)
"""Only a few collectors scrape it."""


@asynccontextmanager
async def serving_metrics(app: Any, listener: socket.socket | None) -> AsyncIterator[None]:
    """Serves an application's metrics in the running event loop, for as long as the block lasts; nothing without a listener."""
    if listener is None:
        yield
        return
    async with serving_beside(metrics_app(app), listener, LIMITS):
        yield
