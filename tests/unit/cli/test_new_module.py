"""The skeleton of a module: what it may be called, what is in it, and what it has in common with the example."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from support.harness.waiting import PROGRAM_SECONDS
from taskhub.cli.new_module import MAX_LENGTH, Names, new_module, render
from taskhub.kernel.cli import CommandFailed
from taskhub.modules.discovery import installed_modules

TOP = Path(__file__).parents[3]
EXAMPLE = TOP / "examples" / "time_tracking"
RUFF = Path(sys.executable).with_name("ruff")
NAMES = ("shopping", "x", "alarms", "zoo2", "a_b_c_d_e_f_g_h_i_j", "m" * MAX_LENGTH)

SHARED = (
    ".gitignore",
    "src/taskhub_time_tracking/api/module.py",
    "tests/client.py",
    "tests/conftest.py",
    "tests/integration/test_module.py",
    "tests/log.py",
)
"""What the example has as the skeleton of a module with its name would."""


def skeleton_of(name: str) -> dict[str, str]:
    return dict(render(Names(name, lock_rank=120, depends_on=("0010",))))


def tables_of(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


PROJECT = tables_of((TOP / "pyproject.toml").read_text("utf-8"))
SKELETON = tables_of(skeleton_of("time_tracking")["pyproject.toml"])


@pytest.mark.parametrize("name", NAMES)
def test_the_skeleton_has_the_style_of_taskhub_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    folder, count = new_module(name, tmp_path)
    for check in (["check"], ["format", "--check"]):
        command = [str(RUFF), *check, "--no-cache"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False)
        assert done.returncode == 0, done.stdout
    assert count == sum(file.is_file() for file in folder.rglob("*"))


@pytest.mark.parametrize("name", NAMES)
def test_no_placeholder_is_left(name: str) -> None:
    for path, text in skeleton_of(name).items():
        assert "${" not in text, path
        assert not any(part in path for part in ("PACKAGE", "MODULE", "THING")), path


@pytest.mark.parametrize("path", SHARED)
def test_the_example_has_in_common_with_it_what_does_not_depend_on_what_a_module_is_for(path: str) -> None:
    assert (EXAMPLE / path).read_text("utf-8") == skeleton_of("time_tracking")[path]


def test_the_example_is_built_and_checked_as_the_skeleton_is() -> None:
    example = tables_of((EXAMPLE / "pyproject.toml").read_text("utf-8"))
    own = {"description": example["project"]["description"], "dependencies": example["project"]["dependencies"]}

    assert {**SKELETON, "project": {**SKELETON["project"], **own}} == example


def test_it_is_held_to_the_rules_of_taskhub() -> None:
    assert SKELETON["tool"]["ruff"]["lint"]["select"] == PROJECT["tool"]["ruff"]["lint"]["select"]
    assert SKELETON["tool"]["ruff"]["lint"]["ignore"] == _without(PROJECT["tool"]["ruff"]["lint"]["ignore"], "S311")
    assert SKELETON["tool"]["mypy"]["strict"] is True


def test_it_may_import_the_kernel_and_contracts_and_nothing_else_of_taskhub() -> None:
    contracts = SKELETON["tool"]["importlinter"]["contracts"]
    forbidden = next(set(one["forbidden_modules"]) for one in contracts if "taskhub.cli" in one.get("forbidden_modules", ()))
    modules = {module.name for module in installed_modules() if module.package.startswith("taskhub.")}
    of_modules = {f"taskhub.{name}.{part}" for name in modules for part in _parts(TOP / "src" / "taskhub" / name) - {"contract"}}
    others = {f"taskhub.{part}" for part in _parts(TOP / "src" / "taskhub") - {"kernel", *modules}}

    assert forbidden == of_modules | others


def _parts(folder: Path) -> set[str]:
    """Modules and packages in a folder."""
    return {one.stem for one in folder.iterdir() if one.suffix == ".py" or (one / "__init__.py").is_file()} - {
        "__init__",
        "__main__",
    }


def _without(names: list[str], name: str) -> list[str]:
    return [one for one in names if one != name]


def test_its_tables_come_after_those_that_there_are_and_its_locks_too(tmp_path: Path) -> None:
    folder, _ = new_module("shopping", tmp_path)
    (revision,) = (folder / "src" / "taskhub_shopping" / "migrations").glob("shopping_*.py")
    mapping = (folder / "src" / "taskhub_shopping" / "infrastructure" / "mappings.py").read_text("utf-8")
    taken = {mapping.lock_rank for module in installed_modules() for mapping in module.mappings}

    assert revision.name == "shopping_0001_shopping_items.py"
    assert f'"{installed_modules().revisions.heads["kernel"]}"' in revision.read_text("utf-8")
    assert int(mapping.partition("lock_rank=")[2].partition(",")[0]) > max(100, *taken)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Shopping",
        "2nd",
        "_shopping",
        "shopping_",
        "shop__ping",
        "shop-ping",
        "shop.ping",
        "shop/ping",
        "..",
        "é",
        "a" * 21,
        "a\n",
    ],
    ids=repr,
)
def test_what_can_not_be_a_name_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="can't be the name of a module"):
        new_module(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["tasks", "users", "workspaces", "kernel", "taskhub"])
def test_a_name_that_is_taken_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=f"There is a module {name} already"):
        new_module(name, tmp_path)


def test_a_package_that_is_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taskhub_shopping").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(CommandFailed, match="There is a package taskhub_shopping already"):
        new_module("shopping", tmp_path)


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shopping").mkdir()
    (tmp_path / "shopping" / "list").write_text("milk")
    with pytest.raises(CommandFailed, match="is there already"):
        new_module("shopping", tmp_path)
    assert [file.name for file in tmp_path.rglob("*")] == ["shopping", "list"]


def test_a_file_of_that_name_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "shopping").write_text("milk")
    with pytest.raises(CommandFailed, match="is there already"):
        new_module("shopping", tmp_path)


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "shopping").mkdir()
    folder, _ = new_module("shopping", tmp_path)
    assert (folder / "pyproject.toml").is_file()


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"can't be written to .*: No such file or directory"):
        new_module("shopping", tmp_path / "nowhere")


def test_nothing_is_left_where_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(CommandFailed, match="No space left on device"):
        new_module("shopping", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_its_rules_can_be_tested_at_once(tmp_path: Path) -> None:
    """Without being installed. All of its checks are run in CI, by `.ci/modules`."""
    folder, _ = new_module("shopping", tmp_path)
    shutil.rmtree(folder / "tests" / "integration")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--override-ini=pythonpath=tests src"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
