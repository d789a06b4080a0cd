"""A suite that does not use TaskHub pays for nothing, and a service that is not tested has none of this in it."""

import subprocess
import sys

import pytest

from support.harness.waiting import PROGRAM_SECONDS


def imported_by(code: str) -> set[str]:
    """The modules that a fresh Python has imported after these lines."""
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("code", ["import taskhub.testing", "import taskhub.testing.plugin"])
def test_what_every_suite_imports_is_next_to_nothing(code: str) -> None:
    imported = imported_by(code)
    heavy = {"asyncpg", "fastapi", "httpx2", "pydantic", "sqlalchemy", "starlette", "structlog", "taskhub.app", "testcontainers"}
    assert imported & heavy == set()


def test_what_a_test_of_a_process_imports_is_none_of_the_service() -> None:
    imported = imported_by("from taskhub.testing import TaskHubServer, AsyncTaskHubServer")
    assert "httpx2" in imported
    assert imported & {"asyncpg", "fastapi", "pydantic", "sqlalchemy", "taskhub.app", "taskhub.testing.control"} == set()


def test_a_service_that_is_not_tested_has_none_of_it() -> None:
    imported = imported_by("import taskhub.cli.server.run, taskhub.cli.server.serve, taskhub.cli.server.worker, taskhub.cli.main")
    assert "taskhub.app" in imported
    assert {name for name in imported if name.startswith("taskhub.testing")} == set()


def test_a_testing_server_starts_its_database_before_it_imports_the_service() -> None:
    imported = imported_by("import taskhub.cli.main, taskhub.cli.commands.serve, taskhub.cli.server.testing")
    assert "taskhub.testing.cluster" in imported
    assert "typer" not in imported_by("import taskhub.cli.server.testing")
    assert imported & {"asyncpg", "fastapi", "pydantic", "sqlalchemy", "structlog", "taskhub.app", "taskhub.settings"} == set()
