"""Testing servers, as a suite starts them."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskhub.testing import TaskHubServer, Tenant
from taskhub.testing.client import launch
from taskhub.testing.cluster import run_folder


@pytest.fixture(scope="module", params=["process", "asgi"])
def server(request: pytest.FixtureRequest) -> Iterator[TaskHubServer]:
    with TaskHubServer.start(request.param) as server:
        yield server


@pytest.fixture
def tenant(server: TaskHubServer) -> Tenant:
    return server.tenant()


@pytest.fixture(scope="session")
def own_cache() -> Iterator[Path]:
    """A cache that nobody else sweeps: each server that stops removes what it finds unused."""
    folder = Path(tempfile.mkdtemp(prefix="taskhub-cache-"))
    folder.chmod(0o755)  # As root PostgreSQL runs under another account.
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cache(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That of the servers that the test starts."""
    monkeypatch.setenv("TASKHUB_TESTING_CACHE", str(own_cache))
    return own_cache


@pytest.fixture
def run(cache: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A run of this test's own. Gives the folder of its PostgreSQL."""
    launch.run_name.cache_clear()
    name = f"{request.node.name} of {os.getpid()}"
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", name)
    yield run_folder(cache, name)
    launch.run_name.cache_clear()
