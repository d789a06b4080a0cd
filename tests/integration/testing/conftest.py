"""Testing servers, as a suite starts them."""

from collections.abc import Iterator

import pytest

from taskhub.testing import TaskHubServer, Tenant


@pytest.fixture(scope="module", params=["process", "asgi"])
def server(request: pytest.FixtureRequest) -> Iterator[TaskHubServer]:
    with TaskHubServer.start(request.param) as server:
        yield server


@pytest.fixture
def tenant(server: TaskHubServer) -> Tenant:
    return server.tenant()
