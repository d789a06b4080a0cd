"""The page about adding a capability, followed in a copy of the checkout. What needs a database was tried by hand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.harness.doc_walkthrough import steps_of

CHECKOUT = Path(__file__).parents[3]
PARTS = ("src", "tests", "tools", "migrations", "benchmarks", "docs", "tools", "pyproject.toml", "README.md", ".env.example")
STEPS = steps_of((CHECKOUT / "docs" / "extending.md").read_text("utf-8"))
TOUCHED = sorted({step.path for step in STEPS})
CHECKS = ("tests/unit/api", "tests/unit/architecture", "tests/unit/tasks/reads", "tests/unit/tasks/test_fake_unit_of_work.py")
"""What unit tests know of every change, beside those that the page writes itself."""
BIN = Path(sys.executable).parent


def run(folder: Path, *command: str) -> None:
    """Runs a command to its end on the code of a folder."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which everything was done that the page says."""
    folder = tmp_path_factory.mktemp("extending")
    for part in PARTS:
        source = CHECKOUT / part
        if source.is_file():
            shutil.copy(source, folder)
        else:
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for step in STEPS:
        step.apply(folder)
    run(folder, "python", "tools/problem_list.py")
    run(folder, "ruff", "check", "--fix", *TOUCHED)
    run(folder, "ruff", "format", *TOUCHED)
    return folder


def test_the_copy_is_what_is_looked_at(followed: Path) -> None:
    run(followed, "python", "-c", f"import taskhub; assert taskhub.__file__.startswith({str(followed)!r}), taskhub.__file__")


def test_whoever_follows_the_page_crosses_no_border(followed: Path) -> None:
    run(followed, "lint-imports", "--no-cache")


def test_whoever_follows_the_page_has_green_unit_tests(followed: Path) -> None:
    own = [path for path in TOUCHED if path.startswith("tests/unit")]
    run(followed, "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *CHECKS, *own)
