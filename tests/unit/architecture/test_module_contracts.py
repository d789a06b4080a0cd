"""A module that is missing from one of the import contracts is told, with the contract."""

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from tools.module_contracts import TOP, missing

PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
INTERNALS = "taskhub.clocks.container, taskhub.clocks.domain, taskhub.clocks.module"
ENTRY_POINTS = PROJECT["project"]["entry-points"]["taskhub.modules"]


@pytest.fixture
def project() -> dict[str, Any]:
    """What `pyproject.toml` says, to be changed."""
    return copy.deepcopy(PROJECT)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The modules that there are, as far as their names."""
    for name in ENTRY_POINTS:
        _make(tmp_path / name)
    return tmp_path


def _make(folder: Path) -> None:
    folder.mkdir()
    for name in ("__init__.py", "module.py", "container.py"):
        (folder / name).touch()
    (folder / "contract").mkdir()
    (folder / "domain").mkdir()


def test_the_modules_that_there_are_stand_in_all_of_them() -> None:
    assert list(missing(PROJECT, TOP / "src" / "taskhub")) == []


def test_a_new_one_is_told_all_that_it_is_missing_from(source: Path, project: dict[str, Any]) -> None:
    _make(source / "clocks")
    assert list(missing(project, source)) == [
        "taskhub.clocks is no entry point of the group taskhub.modules",
        "taskhub.clocks has no place in the order of modules: the contract `Modules depend one way`",
        "taskhub.clocks has no layers: the contract `Imports point inwards`",
        f"taskhub.clocks shows others more than its contract: `Of clocks others see the contract only` lacks {INTERNALS}",
        "taskhub.clocks may be named by the application: the contract `The application names no module`",
    ]


def test_an_entry_point_without_a_module_is_told(source: Path, project: dict[str, Any]) -> None:
    project["project"]["entry-points"]["taskhub.modules"]["clocks"] = "taskhub.clocks.module:module"
    assert list(missing(project, source)) == [
        "taskhub.clocks is an entry point of the group taskhub.modules, and has no module.py"
    ]


@pytest.mark.parametrize(
    ("contract", "key", "lack"),
    [
        ("Modules depend one way", "layers", "has no place in the order of modules"),
        ("Imports point inwards", "containers", "has no layers"),
        ("Of tasks others see the contract only", "protected_modules", "shows others more than its contract"),
        ("The application names no module", "forbidden_modules", "may be named by the application"),
    ],
)
def test_each_contract_that_it_is_taken_from_is_named(
    source: Path, project: dict[str, Any], contract: str, key: str, lack: str
) -> None:
    (found,) = (one for one in project["tool"]["importlinter"]["contracts"] if one["name"] == contract)
    found[key] = [one for one in found[key] if "tasks" not in one]

    (sentence,) = missing(project, source)
    assert sentence.startswith(f"taskhub.tasks {lack}")
