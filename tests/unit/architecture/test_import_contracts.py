"""`make lint` fails where an import crosses a border: every contract is seen to find one that is planted in a copy of the source.

All are planted at once, since reading the source is most of the time: each of them has to be named under its own contract.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from support.harness.waiting import PROGRAM_SECONDS

TOP = Path(__file__).parents[3]
SOURCE = TOP / "src" / "taskhub"

PLANTS = {
    "Modules depend one way": [
        ("taskhub.kernel.domain.ids", "taskhub.users.contract.accounts"),
        ("taskhub.users.domain.user", "taskhub.workspaces.contract.memberships"),
        ("taskhub.workspaces.domain.member", "taskhub.tasks.contract.tasks"),
        ("taskhub.tasks.api.routes", "taskhub.service.routes"),
        ("taskhub.service.routes", "taskhub.modules.collection"),
        ("taskhub.container", "taskhub.background"),
        ("taskhub.app", "taskhub.cli.main"),
        ("taskhub.client.text", "taskhub.kernel.contract.ids"),
    ],
    "Imports point inwards": [
        ("taskhub.tasks.contract.tasks", "taskhub.tasks.domain.task"),
        ("taskhub.users.domain.user", "taskhub.users.application.views"),
        ("taskhub.workspaces.application.views", "taskhub.workspaces.infrastructure.rows"),
        ("taskhub.tasks.application.views", "taskhub.tasks.api.paths"),
        ("taskhub.users.infrastructure.rows", "taskhub.users.api.bodies"),
        ("taskhub.tasks.infrastructure.rows", "taskhub.tasks.container"),
        ("taskhub.users.container", "taskhub.users.cli.user"),
    ],
    "Imports point inwards in the kernel, too": [
        ("taskhub.kernel.contract.ids", "taskhub.kernel.domain.ids"),
        ("taskhub.kernel.domain.ids", "taskhub.kernel.application.clock"),
        ("taskhub.kernel.application.clock", "taskhub.kernel.infrastructure.postgres.rows"),
        ("taskhub.kernel.infrastructure.postgres.rows", "taskhub.kernel.api.pages"),
        ("taskhub.kernel.api.pages", "taskhub.kernel.infrastructure.postgres.rows"),
        ("taskhub.kernel.infrastructure.postgres.rows", "taskhub.kernel.module_api"),
        ("taskhub.kernel.cli", "taskhub.kernel.module_api"),
    ],
    "Of users others see the contract only": [
        ("taskhub.workspaces.infrastructure.rows", f"taskhub.users.{part}")
        for part in ("api.bodies", "application.views", "cli.user", "container", "domain.user", "infrastructure.rows", "module")
    ],
    "Of workspaces others see the contract only": [
        ("taskhub.tasks.infrastructure.rows", f"taskhub.workspaces.{part}")
        for part in (
            "api.bodies",
            "application.views",
            "cli.workspace",
            "container",
            "domain.member",
            "infrastructure.rows",
            "module",
        )
    ],
    "Of tasks others see the contract only": [
        ("taskhub.cli.main", f"taskhub.tasks.{part}")
        for part in ("api.paths", "application.views", "container", "domain.task", "infrastructure.rows", "module")
    ],
    "Of activity others see the contract only": [
        ("taskhub.cli.main", f"taskhub.activity.{part}")
        for part in ("api.paths", "application.views", "container", "domain.errors", "module")
    ],
    "Of webhooks others see the contract only": [
        ("taskhub.cli.main", f"taskhub.webhooks.{part}")
        for part in ("api.paths", "application.views", "container", "domain.webhook", "infrastructure.rows", "module")
    ],
    "The application names no module": [
        (f"taskhub.{part}", f"taskhub.{module}")
        for part in (
            "app",
            "background",
            "cli.main",
            "container",
            "deployment",
            "kernel.logs",
            "modules.tables",
            "schema.heads",
            "service.routes",
            "testing.conformance.rules",
        )
        for module in ("users.contract.accounts", "workspaces.contract.memberships", "tasks.contract.tasks")
    ],
    "The client is the command line's alone": [
        ("taskhub.service.pages", "taskhub.client.connection"),
        ("taskhub.testing.conformance.rules", "taskhub.client.connection"),
    ],
    "The client knows the API alone": [
        ("taskhub.client.text", part) for part in ("fastapi", "sqlalchemy", "pydantic", "asyncpg")
    ],
    "Rules know no framework": [
        (f"taskhub.{module}", framework)
        for module in ("kernel.contract.ids", "users.domain.user", "workspaces.application.views", "tasks.contract.tasks")
        for framework in ("fastapi", "sqlalchemy", "pydantic", "asyncpg", "dependency_injector", "structlog", "typer")
    ],
    "Routers never touch the database": [
        ("taskhub.kernel.api.pages", "taskhub.kernel.infrastructure.postgres.rows"),
        ("taskhub.users.api.bodies", "sqlalchemy"),
        ("taskhub.workspaces.api.bodies", "asyncpg"),
        ("taskhub.tasks.api.paths", "alembic"),
        ("taskhub.tasks.api.paths", "taskhub.tasks.infrastructure.rows"),
        ("taskhub.service.pages", "taskhub.kernel.infrastructure.postgres.database"),
        ("taskhub.service.pages", "asyncpg"),
    ],
    "Only the seam knows the driver": [
        ("taskhub.tasks.infrastructure.rows", "asyncpg"),
        ("taskhub.schema.heads", "asyncpg"),
    ],
}
"""By contract: what imports, and what it may not."""


UNDECLARED = {
    "Modules depend one way": "taskhub.undeclared",
    "Imports point inwards": "taskhub.users.undeclared",
    "Imports point inwards in the kernel, too": "taskhub.kernel.undeclared",
}
"""By contract: a part that is new, and that has to be given its place."""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each contract that is broken, where everything is planted."""
    top = tmp_path_factory.mktemp("copy")
    shutil.copytree(SOURCE, top / "taskhub", ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(TOP / "pyproject.toml", top)
    for importer, imported in chain(*PLANTS.values()):
        file = _file(top, importer)
        assert file.is_file(), importer
        with file.open("a") as stream:
            stream.write(f"\nimport {imported}\n")
    for part in UNDECLARED.values():
        _file(top, part).touch()
    return _broken(_lint_imports(top))


def _file(top: Path, module: str) -> Path:
    return top / f"{module.replace('.', '/')}.py"


def _lint_imports(top: Path) -> str:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=top,
        env={**os.environ, "PYTHONPATH": str(top), "COLUMNS": "1000", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def _broken(output: str) -> dict[str, str]:
    """By contract, what stands under its underlined name in the list of those that are broken."""
    _, _, report = output.partition("Broken contracts\n")
    _, *parts = re.split(r"^(\S.*)\n-{4,}\n", report, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_contract_has_something_planted_against_it() -> None:
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    assert PLANTS.keys() == {contract["name"] for contract in contracts}
    assert UNDECLARED.keys() == {contract["name"] for contract in contracts if contract["type"] == "layers"}


@pytest.mark.parametrize("contract", PLANTS)
def test_each_import_across_a_border_is_told_under_its_contract(said: dict[str, str], contract: str) -> None:
    told = {tuple(edge) for edge in re.findall(r"^-\s+(\S+) -> (\S+) \(l\.[^)]+\)\n\n", said[contract], re.MULTILINE)}
    missed = [plant for plant in PLANTS[contract] if plant not in told]
    assert missed == []


@pytest.mark.parametrize("contract", UNDECLARED)
def test_what_is_new_has_to_be_given_its_place(said: dict[str, str], contract: str) -> None:
    assert UNDECLARED[contract] in said[contract]
