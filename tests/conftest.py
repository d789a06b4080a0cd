"""One PostgreSQL for the whole run, started before the workers and stopped after them; none where no test needs it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from support.harness.database_server import DatabaseServer, start_server

FOLDER = Path(__file__).parent
WITHOUT_DATABASE = (FOLDER / "unit", FOLDER / "board", FOLDER / "integration" / "testing")
"""Unit tests, and those of servers that bring their own."""
SERVER = pytest.StashKey[DatabaseServer]()

# Of each example of a property test: generous, for loaded machines, but a rule that has become quadratic is noticed.
settings.register_profile("taskhub", deadline=timedelta(seconds=5))
settings.load_profile("taskhub")


def _needs_database(config: pytest.Config) -> bool:
    """Whether this is the process that starts the tests, and anything was asked for that needs it."""
    paths = [Path(argument.split("::")[0]).resolve() for argument in config.args]
    without = all(any(path.is_relative_to(folder) for folder in WITHOUT_DATABASE) for path in paths)
    return not (hasattr(config, "workerinput") or config.option.collectonly or without)


def pytest_configure(config: pytest.Config) -> None:
    if _needs_database(config):
        config.stash[SERVER] = start_server()


def pytest_configure_node(node: Any) -> None:
    if server := node.config.stash.get(SERVER, None):
        node.workerinput["template_url"] = server.template_url


def pytest_report_header(config: pytest.Config) -> str:
    server = config.stash.get(SERVER, None)
    return f"database: {server.description}" if server else "database: none (no test needs it)"


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(SERVER, None):
        server.stop()


@pytest.fixture(scope="session")
def template_url(request: pytest.FixtureRequest) -> str:
    """A migrated database to clone; never to be connected to."""
    workerinput = getattr(request.config, "workerinput", None)
    return workerinput["template_url"] if workerinput else request.config.stash[SERVER].template_url
