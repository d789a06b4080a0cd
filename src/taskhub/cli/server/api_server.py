"""The server of the API: uvicorn, with what is entered while it serves."""

import asyncio
import gc
import os
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from importlib.metadata import version
from typing import Any, cast

from starlette.types import ASGIApp

from taskhub.cli.server.connections import Connections
from taskhub.cli.server.console import announce
from taskhub.cli.server.file_descriptors import limits_within_file_descriptors
from taskhub.cli.server.http_server import HttpServer
from taskhub.deployment import data_dir
from taskhub.settings import Settings

OBJECTS_BEFORE_COLLECTION = 50_000
DRAIN_SECONDS = 20
"""How long requests under way may take to finish after SIGTERM. Container runtimes kill after 30 seconds or so."""
RETIRE_SECONDS = 5.0
"""How long a server whose place another one has taken lets its clients go one by one."""
IDLE_SECONDS = 1.0
"""How long a connection has to be idle to be closed meanwhile. Who sends something before is told to close it with the answer."""

Accepting = Callable[[Callable[[], asyncio.Protocol], Connections], AbstractAsyncContextManager[None]]


class ApiServer(HttpServer):
    """The server of the API. The application's middleware writes the access log."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        contexts: Sequence[AbstractAsyncContextManager[None]],
        *,
        parent: int | None,
        accepting: Accepting | None = None,
    ) -> None:
        """``contexts``: entered while it serves. ``parent``: the id of the parent process, if the server ends with it.

        ``accepting``: takes connections, where the server does not listen by itself.
        """
        super().__init__(
            app,
            limits_within_file_descriptors(settings),
            lifespan="on",
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        self._contexts = contexts
        self._parent = parent
        self._accepting = accepting
        self._is_retiring = False

    async def main_loop(self) -> None:
        async with AsyncExitStack() as stack:
            if self._accepting is not None:
                await stack.enter_async_context(self._accepting(self._protocol, self.open_connections))
            for context in self._contexts:
                await stack.enter_async_context(context)
            _begin_to_collect_garbage()
            await super().main_loop()

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn makes one for each connection."""
        make = cast("Any", self.config.http_protocol_class)
        return cast("asyncio.Protocol", make(self.config, self.server_state, self.lifespan.state))

    def retire(self) -> None:
        """Ends it while others serve on the same socket: no client notices, but that it is told to connect again."""
        self._is_retiring = self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._is_retiring:
            async with self.open_connections.enforcing_timeouts():
                await self._let_clients_go()
        await super().shutdown(sockets)

    async def _let_clients_go(self) -> None:
        """Ends each connection with its next answer, or when it is idle. There come no new ones any more.

        A connection that is closed at once may lose the request that its client is just sending.
        """
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        self.open_connections.end_with_next_answer()
        with suppress(TimeoutError):
            async with asyncio.timeout(RETIRE_SECONDS):
                while self.open_connections.close_idle(IDLE_SECONDS) and not self._captured_signals:  # noqa: ASYNC110  # Nothing happens when a connection has been idle for long.
                    await asyncio.sleep(0.05)

    async def on_tick(self, counter: int) -> bool:
        if self._parent is not None and os.getppid() != self._parent:
            self.should_exit = True
        return await super().on_tick(counter)


def _begin_to_collect_garbage() -> None:
    """What is there now lives as long as the process: the collector need not look at it.

    Nothing is collected before: that takes 0.6 s, and even after a first start, with all migrations, 3 % of what is there is
    garbage (9,000 of 268,000 objects; the memory stays as large).
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTION, *gc.get_threshold()[1:])
    gc.enable()


@asynccontextmanager
async def announced(settings: Settings, url: str) -> AsyncIterator[None]:
    """Says that it serves, at the beginning of the block."""
    announce_serving(settings, url)
    yield


def announce_serving(settings: Settings, url: str) -> None:
    sentence = f"TaskHub {version('taskhub')} serves on {url}"
    announce(settings.log_format, sentence, details_of(settings, url), url=url, board=f"{reachable(url)}/board")


def url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reachable(url: str) -> str:
    """As browsers of this machine know the address: that of all networks is none to go to."""
    return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def details_of(settings: Settings, url: str) -> str:
    """What people want to know who have started the service: a line for each."""
    address = reachable(url)
    lines = {"board": f"{address}/board", "reference": f"{address}/docs", "API": f"{address}/v1", "stop": "Ctrl-C"}
    if settings.database_url is None:
        lines["data"] = str(data_dir(settings))
    if settings.workers > 1:
        lines["workers"] = str(settings.workers)
    return "".join(f"\n  {name:10} {text}" for name, text in lines.items())
