"""One line of the log for each request."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from taskhub.kernel.api.metrics import RequestMetrics
from taskhub.kernel.api.request_log_middleware import RequestLogMiddleware


@pytest.fixture(autouse=True)
def every_level() -> Iterator[None]:
    """Whatever other tests of this process want to hear of."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    yield
    structlog.configure(**before)


async def lines_of(path: str) -> list[Any]:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Any:
        raise AssertionError("nobody reads")

    async def send(message: Any) -> None: ...

    with capture_logs() as lines:
        middleware = RequestLogMiddleware(app, RequestMetrics(CollectorRegistry()))
        await middleware({"type": "http", "method": "GET", "path": path, "headers": []}, receive, send)
    return lines


@pytest.mark.parametrize("path", ["/v1/workspaces", "/health", "/health/ready/", "/v1/health/live"])
async def test_a_request_is_told(path: str) -> None:
    (line,) = await lines_of(path)
    assert (line["log_level"], line["method"], line["path"], line["status"]) == ("info", "GET", path, 200)


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_a_health_check_is_told_to_those_who_want_to_know_everything(path: str) -> None:
    (line,) = await lines_of(path)
    assert line["log_level"] == "debug"
