"""One PostgreSQL for the whole run, started before the workers and stopped after them; none where only unit tests run."""

from pathlib import Path
from typing import Any

import pytest

from support.server import DatabaseServer, start_server

TESTS = Path(__file__).parent
_server: DatabaseServer | None = None


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _needs_database(config: pytest.Config) -> bool:
    """Whether anything but unit tests was asked for."""
    paths = [Path(argument.split("::")[0]).resolve() for argument in config.args]
    return not all(path.is_relative_to(TESTS / "unit") for path in paths)


def pytest_configure(config: pytest.Config) -> None:
    global _server
    if not _is_worker(config) and _needs_database(config) and not config.option.collectonly:
        _server = start_server()
        config.stash[_URL] = _server.template_url


def pytest_configure_node(node: Any) -> None:
    if _server is not None:
        node.workerinput["template_url"] = _server.template_url


def pytest_report_header() -> str:
    return f"database: {_server.description}" if _server else "database: none (unit tests only)"


def pytest_unconfigure() -> None:
    if _server is not None:
        _server.stop()


_URL = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def template_url(request: pytest.FixtureRequest) -> str:
    """A migrated database to clone; never to be connected to."""
    workerinput = getattr(request.config, "workerinput", None)
    url: str = workerinput["template_url"] if workerinput else request.config.stash[_URL]
    return url
