"""The service in this process, without any network. It leaves the process as it is: logging, collector, signals, event loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import secrets
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress

import httpx2
import structlog

from taskhub.modules.discovery import installed_modules
from taskhub.modules.settings import read_module_settings
from taskhub.settings import read_settings
from taskhub.testing.client.app_transport import AppTransport
from taskhub.testing.client.errors import ServerNotStarted
from taskhub.testing.client.launch import Launched, Settings, as_environment, run_name
from taskhub.testing.cluster import throwaway_database
from taskhub.testing.control.app import TestingService
from taskhub.testing.options import default_cache
from taskhub.testing.service_settings import for_testing, secret_keys

URL, CONTROL_URL = "http://taskhub.test", "http://control.taskhub.test"


@asynccontextmanager
async def running_service(settings: Settings, secret: str) -> AsyncIterator[AppTransport]:
    """The service with its background work, in the running event loop. Gives the way to it.

    Raises:
        ServerNotStarted
    """
    running = _running(settings, secret)
    try:
        transport = await running.__aenter__()
    except Exception as error:
        raise ServerNotStarted(f"The service could not be started in this process: {error}") from error
    try:
        yield transport
    finally:
        await running.__aexit__(None, None, None)


@asynccontextmanager
async def _running(settings: Settings, secret: str) -> AsyncIterator[AppTransport]:
    variables = as_environment(settings)
    chosen = for_testing(read_settings(variables))
    of_modules = read_module_settings(installed_modules(), variables)
    database = throwaway_database(default_cache(), run_name())
    url = await asyncio.to_thread(database.__enter__)
    try:
        keys = secret_keys(chosen)
        service = TestingService(chosen, url, keys, secret=secret, url=URL, module_settings=of_modules)
        _quieten(service)
        transport = AppTransport({httpx2.URL(URL).host: service.app, httpx2.URL(CONTROL_URL).host: service.control_app})
        async with service.app.router.lifespan_context(service.app), service.started():
            try:
                yield transport
            finally:
                await transport.end()
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


class ThreadTransport(httpx2.BaseTransport):
    """The way to a service in the event loop of another thread."""

    def __init__(self, transport: AppTransport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.read()
        answering = self._transport.handle_async_request(request)
        try:
            answer = asyncio.run_coroutine_threadsafe(answering, self._loop)
        except RuntimeError:
            answering.close()
            raise httpx2.ConnectError("The server was stopped.", request=request) from None
        try:
            return answer.result()
        except concurrent.futures.CancelledError:
            raise httpx2.RemoteProtocolError("The server was stopped.", request=request) from None
        except BaseException:
            answer.cancel()
            raise


def launch_in_thread(settings: Settings) -> tuple[Launched, ThreadTransport]:
    """Runs the service in a thread with an event loop of its own.

    Raises:
        ServerNotStarted
    """
    secret = secrets.token_urlsafe(32)
    ready: Future[tuple[AppTransport, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def run() -> None:
        ended = asyncio.Event()
        async with running_service(settings, secret) as transport:
            ready.set_result((transport, asyncio.get_running_loop(), ended))
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
    transport, loop, ended = ready.result()

    def stop() -> None:
        with suppress(RuntimeError):  # It has ended.
            loop.call_soon_threadsafe(ended.set)
        thread.join()

    return Launched(URL, CONTROL_URL, secret, stop), ThreadTransport(transport, loop)
