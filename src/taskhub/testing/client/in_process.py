"""The service in this process, without any network. It leaves the process as it is: logging, collector, signals, event loop."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import structlog

from taskhub.modules.discovery import installed_modules
from taskhub.settings import Settings as ServiceSettings
from taskhub.testing.client.errors import ServerNotStarted
from taskhub.testing.client.launch import Launched, Settings, run_name
from taskhub.testing.cluster import throwaway_database
from taskhub.testing.control.app import TestingService
from taskhub.testing.options import DEFAULTS, default_cache

URL, CONTROL_URL = "http://taskhub.test", "http://control.taskhub.test"
_UNUSED_PREFIX = "TASKHUB_IN_PROCESS_"
"""No variable of the environment is meant for this service."""
_ADDRESS = ("127.0.0.1", 50_000)


@asynccontextmanager
async def service_running(settings: Settings, secret: str) -> AsyncIterator[TestingService]:
    """The service with its background work, in the running event loop."""
    own = {name: value for name, value in settings.items() if name in ServiceSettings.model_fields}
    chosen = ServiceSettings(_env_prefix=_UNUSED_PREFIX, _env_file=None, **{**DEFAULTS, **own})
    of_modules = {}
    for module in installed_modules():
        if module.settings is not None:
            prefix = f"{module.name}_"
            given = {name.removeprefix(prefix): value for name, value in settings.items() if name.startswith(prefix)}
            of_modules[module.name] = module.settings(_env_prefix=_UNUSED_PREFIX, _env_file=None, **given)
    database = throwaway_database(default_cache(), run_name())
    url = await asyncio.to_thread(database.__enter__)
    try:
        service = TestingService(chosen, url, (secrets.token_bytes(32),), secret=secret, url=URL, module_settings=of_modules)
        _quieten(service)
        async with service.app.router.lifespan_context(service.app), service.started():
            yield service
    finally:
        await asyncio.to_thread(database.__exit__, None, None, None)


def _quieten(service: TestingService) -> None:
    """Where the suite has not said what becomes of log lines, a line for each request would be on its output."""
    if structlog.is_configured():
        return
    log = structlog.wrap_logger(structlog.PrintLogger(), wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for app in (service.app, service.control_app):
        app.middleware_stack = app.build_middleware_stack()
        app.middleware_stack.log = log.bind()  # type: ignore[attr-defined]  # `RequestLogMiddleware`, the outermost one.


class AppTransport(httpx2.AsyncBaseTransport):
    """Straight into the applications, in their event loop."""

    def __init__(self, service: TestingService) -> None:
        self._apps = {httpx2.URL(URL).host: service.app, httpx2.URL(CONTROL_URL).host: service.control_app}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await _answer(self._apps[request.url.host], request, await request.aread())


class ThreadTransport(httpx2.BaseTransport):
    """The same from other threads."""

    def __init__(self, service: TestingService, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = AppTransport(service)
        self._loop = loop

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        app = self._transport._apps[request.url.host]
        answer = asyncio.run_coroutine_threadsafe(_answer(app, request, request.read()), self._loop)
        return answer.result()


def launch_in_thread(settings: Settings) -> tuple[Launched, ThreadTransport]:
    """Runs the service in a thread with an event loop of its own.

    Raises:
        ServerNotStarted
    """
    secret = secrets.token_urlsafe(32)
    ready: Future[tuple[TestingService, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        ended = asyncio.Event()
        async with service_running(settings, secret) as service:
            ready.set_result((service, asyncio.get_running_loop(), ended))
            await ended.wait()

    def work() -> None:
        try:
            asyncio.run(run())
        except BaseException as error:
            if ready.done():
                raise
            ready.set_exception(error)

    thread = threading.Thread(target=work, name="taskhub", daemon=True)
    thread.start()
    try:
        service, loop, ended = ready.result()
    except Exception as error:
        raise ServerNotStarted(f"The service could not be started in this process: {error}") from error

    def stop() -> None:
        loop.call_soon_threadsafe(ended.set)
        thread.join()

    return Launched(URL, CONTROL_URL, secret, stop), ThreadTransport(service, loop)


async def _answer(app: Any, request: httpx2.Request, body: bytes) -> httpx2.Response:
    """Raises:
    httpx2.RemoteProtocolError: the reply was lost.
    """
    started: dict[str, Any] = {}
    parts: list[bytes] = []
    is_sent = False
    is_answered = asyncio.Event()

    async def receive() -> dict[str, Any]:
        nonlocal is_sent
        if is_sent:
            await is_answered.wait()
            return {"type": "http.disconnect"}
        is_sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            started.update(message)
        else:
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                is_answered.set()

    await app(_scope(request), receive, send)
    if not started:
        raise httpx2.RemoteProtocolError("Server disconnected without sending a response.", request=request)
    return httpx2.Response(started["status"], headers=started["headers"], content=b"".join(parts), request=request)


def _scope(request: httpx2.Request) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port or 80),
        "client": _ADDRESS,
        "root_path": "",
    }
