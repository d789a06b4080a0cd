"""The server of the API: uvicorn, with what is entered while it serves."""

import gc
import os
import socket
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from importlib.metadata import version

from starlette.types import ASGIApp

from taskhub.cli.server.console import announce
from taskhub.cli.server.file_descriptors import limits_within_file_descriptors
from taskhub.cli.server.http_server import HttpServer
from taskhub.deployment import data_dir
from taskhub.settings import Settings

OBJECTS_BEFORE_COLLECTION = 50_000
DRAIN_SECONDS = 20
"""How long requests under way may take to finish after SIGTERM. Container runtimes kill after 30 seconds or so."""


class ApiServer(HttpServer):
    """The server of the API. The application's middleware writes the access log."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        url: str,
        contexts: Sequence[AbstractAsyncContextManager[None]],
        *,
        parent: int | None,
    ) -> None:
        """``contexts``: entered while it serves. ``parent``: the id of the parent process, if the server ends with it."""
        super().__init__(
            app,
            limits_within_file_descriptors(settings),
            lifespan="on",
            proxy_headers=bool(settings.trusted_proxies),
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
        self._url = url
        self._settings = settings
        self._contexts = contexts
        self._parent = parent

    async def main_loop(self) -> None:
        async with AsyncExitStack() as stack:
            for context in self._contexts:
                await stack.enter_async_context(context)
            _begin_to_collect_garbage()
            sentence = f"TaskHub {version('taskhub')} serves on {self._url}"
            details = details_of(self._settings, self._url)
            announce(self._settings.log_format, sentence, details, url=self._url, board=f"{reachable(self._url)}/board")
            await super().main_loop()

    async def on_tick(self, counter: int) -> bool:
        if self._parent is not None and os.getppid() != self._parent:
            self.should_exit = True
        return await super().on_tick(counter)


def _begin_to_collect_garbage() -> None:
    """What is there now lives as long as the process: the collector is kept off it, and off pages half made.

    Nothing is collected before: that takes 0.6 s, and even after a first start, with all migrations, 3 % of what is there is
    garbage (9,000 of 268,000 objects; the memory stays as large).
    """
    gc.freeze()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTION, *gc.get_threshold()[1:])
    gc.enable()


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
    return "".join(f"\n  {name:10} {text}" for name, text in lines.items())
