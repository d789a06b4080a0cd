"""uvicorn with TaskHub's HTTP protocol and connection limits, for the service and for metrics."""

import socket
from functools import partial
from typing import Any, cast

import uvicorn

from taskhub.cli.server.connections import ConnectionLimits, Connections
from taskhub.cli.server.protocol import HttpProtocol


class HttpServer(uvicorn.Server):
    """A server on one listening socket. Signals are handled by the caller."""

    def __init__(self, app: Any, limits: ConnectionLimits, **options: Any) -> None:
        """``options``: further ones of `uvicorn.Config`."""
        self.open_connections = Connections(limits)
        protocol = partial(HttpProtocol, open_connections=self.open_connections)
        config = uvicorn.Config(
            app,
            http=cast("Any", protocol),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=limits.backlog,
            **options,
        )
        super().__init__(config)

    async def main_loop(self) -> None:
        async with self.open_connections.enforcing_timeouts():
            await super().main_loop()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.open_connections.stop_soon()
        async with self.open_connections.enforcing_timeouts():
            await super().shutdown(sockets)
