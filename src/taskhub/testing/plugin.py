"""The plugin of pytest: fixtures with the real service in them.

Options, in `[tool.pytest]` of pyproject.toml (or any other file that pytest reads):
    taskhub_mode: how the service runs: `process`, `asgi` or `container`.
    taskhub_reuse: whether a server is left for the next run.
    taskhub_settings: settings of the service, one `name=value` each.

Any of the fixtures can be overridden in a conftest.py. What this imports at the start of pytest is next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
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


@pytest.fixture(scope="session")
def taskhub(request: pytest.FixtureRequest, taskhub_settings: dict[str, Any]) -> Iterator[TaskHubServer]:
    """The real service, started when the first test asks for it; with pytest-xdist one for each worker."""
    from taskhub.testing.client.server import TaskHubServer

    mode, reuse = request.config.getini("taskhub_mode"), request.config.getini("taskhub_reuse")
    with TaskHubServer.start(mode, settings=taskhub_settings, reuse=reuse) as server:
        yield server


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
