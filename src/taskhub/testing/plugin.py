"""The plugin of pytest: fixtures with the real service in them.

Options, in `[tool.pytest]` of pyproject.toml (or any other file that pytest reads):
    taskhub_mode: how the service runs: `process`, `asgi` or `container`.
    taskhub_reuse: whether a server is left for the next run.
    taskhub_settings: settings of the service, one `name=value` each.

Any of the fixtures can be overridden in a conftest.py. What this imports at the start of pytest is next to nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from taskhub.testing.client.clock import Clock
    from taskhub.testing.client.faults import Faults
    from taskhub.testing.client.server import TaskHubServer
    from taskhub.testing.client.tenant import Tenant


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("taskhub_mode", "how the real TaskHub runs for tests: process, asgi or container", default="process")
    parser.addini("taskhub_reuse", "leave the TaskHub server for the next run", type="bool", default=False)
    parser.addini("taskhub_settings", "settings of TaskHub, one name=value each", type="linelist", default=[])


@pytest.fixture(scope="session")
def taskhub_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The settings that the server is started with, by their names in lower case without the prefix. To be overridden."""
    pairs = (line.partition("=") for line in request.config.getini("taskhub_settings"))
    return {name.strip(): value.strip() for name, _, value in pairs}


_LOG_BEGAN = pytest.StashKey[int]()
"""Where the log of the server was when it was ready, and when a test began."""
_SERVER = pytest.StashKey["TaskHubServer"]()
LAST_LINES = 40


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if (server := item.config.stash.get(_SERVER, None)) is not None:
        item.stash[_LOG_BEGAN] = len(server.log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the server has said during a test that failed stands in its report."""
    report = yield
    if report.failed and isinstance(item, pytest.Function) and "taskhub" in item.funcargs:
        began = item.stash.get(_LOG_BEGAN, item.config.stash.get(_LOG_BEGAN, 0))
        if lines := _log_of(item.funcargs["taskhub"])[began:].splitlines()[-LAST_LINES:]:
            report.sections.append(("Log of TaskHub", "\n".join(lines)))
    return report


def _log_of(server: object) -> str:
    from taskhub.testing.client.server import TaskHubServer

    return server.log if isinstance(server, TaskHubServer) else ""  # The suite may call something else like this.


@pytest.fixture(scope="session")
def taskhub(request: pytest.FixtureRequest, taskhub_settings: dict[str, Any]) -> Iterator[TaskHubServer]:
    """The real service, started when the first test asks for it; with pytest-xdist one for each worker."""
    from taskhub.testing.client.server import TaskHubServer

    mode, reuse = request.config.getini("taskhub_mode"), request.config.getini("taskhub_reuse")
    with TaskHubServer.start(mode, settings=taskhub_settings, reuse=reuse) as server:
        stash = request.config.stash
        if mode == "process":  # The log of a container is dear to read before each test: there a report has its last lines.
            stash[_SERVER], stash[_LOG_BEGAN] = server, len(server.log)
        yield server
        if mode == "process":
            del stash[_SERVER]


@pytest.fixture
def tenant(taskhub: TaskHubServer) -> Tenant:
    """A workspace of this test's own, with its owner and a project."""
    return taskhub.tenant()


@pytest.fixture
def taskhub_clock(taskhub: TaskHubServer) -> Iterator[Clock]:
    """The service's one clock. After the test it goes on, if it was frozen; it never goes back."""
    yield taskhub.clock
    taskhub.clock.resume()


@pytest.fixture
def taskhub_faults(tenant: Tenant) -> Iterator[Faults]:
    """Faults that this test's tenant meets, and nobody else. They end with the test."""
    yield tenant.faults
    tenant.faults.clear()
