"""Help and the client answer at once: neither imports what the service is made of."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.harness.waiting import PROGRAM_SECONDS

SERVICE = {
    "alembic",
    "asyncpg",
    "cryptography",
    "dependency_injector",
    "fastapi",
    "msgspec",
    "pydantic_settings",
    "sqlalchemy",
    "starlette",
    "structlog",
    "taskhub.container",
    "taskhub.settings",
    "uvicorn",
}
MAX_MODULES = 300
"""Of which 230 are imported: a library more is seen."""
CLIENT = {"httpx2", "platformdirs", "rich", "ssl", "taskhub.client.connection", "taskhub.client.sign_in"}


def imported(home: Path, *arguments: str, exit_code: int = 0) -> set[str]:
    """What the program has imported by the end of a command."""
    code = f"""
import sys
from taskhub.cli.main import main
sys.argv = ["taskhub", *{arguments!r}]
try:
    main()
except SystemExit as end:
    assert end.code == {exit_code}, end.code
print("\\n".join(sys.modules), file=sys.stderr)
"""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TASKHUB_")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "HOME": str(home), "XDG_CONFIG_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {*done.stderr.split()}


@pytest.mark.parametrize("arguments", [("--help",), ("tasks", "--help"), ("tasks", "add", "--help")], ids=" ".join)
def test_help_needs_neither_the_service_nor_the_client(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    modules = imported(tmp_path, *arguments)
    assert "typer" in modules
    assert modules & (SERVICE | CLIENT) == set()
    assert len(modules) <= MAX_MODULES


def test_a_command_of_the_client_needs_nothing_of_the_service_and_says_an_error_without_it(tmp_path: Path) -> None:
    modules = imported(tmp_path, "tasks", "list", exit_code=4)
    assert "taskhub.client.sign_in" in modules
    assert modules & SERVICE == set()
