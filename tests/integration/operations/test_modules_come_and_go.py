"""A module that others have installed, as an operator sees it: its tables come with it, and stay when it goes."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.fakes.revisions import write_revision
from support.harness.program import Installation
from support.harness.waiting import PROGRAM_SECONDS
from taskhub.modules.discovery import installed_modules
from taskhub.schema.revisions import KERNEL

HEADS = installed_modules().revisions.heads
NEWEST = HEADS[KERNEL]
MODULE = """
from importlib.resources import files

from taskhub.kernel.module_api import Module, keeps_nothing


class Gears:
    runner = subscribers = purges = background = lambda self: []
    ports = services = lambda self: {}
    empty = staticmethod(keeps_nothing)


module = Module(
    "gears",
    package="fake_gears",
    api=(1, 0),
    container=lambda context: Gears(),
    requires=frozenset({"tasks"}),
    migrations=files("fake_gears") / "migrations",
)
"""
AWAY = "There are tables of modules that are not installed: gears (at gears_0002)."


def distribution(folder: Path, version: int) -> str:
    """A folder for `PYTHONPATH` in which the module is installed, with as many revisions as its version tells."""
    package, told = folder / "fake_gears", folder / f"fake_gears-{version}.dist-info"
    (package / "migrations").mkdir(parents=True)
    told.mkdir()
    (package / "__init__.py").touch()
    (package / "module.py").write_text(MODULE)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: fake-gears\nVersion: {version}\n")
    (told / "entry_points.txt").write_text("[taskhub.modules]\ngears = fake_gears.module:module\n")
    write_revision(package / "migrations", "gears_0001", depends_on=[NEWEST])
    for number in range(2, version + 1):
        write_revision(package / "migrations", f"gears_{number:04}", f"gears_{number - 1:04}")
    return str(folder)


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    return {version: distribution(tmp_path_factory.mktemp(f"gears{version}"), version) for version in (1, 2)}


@pytest.fixture
def gears(installation: Installation, versions: dict[int, str]) -> Iterator[Callable[[int | None], None]]:
    """Installs a version of the module for what is run next; None uninstalls it."""

    def install(version: int | None) -> None:
        installation.settings.pop("PYTHONPATH", None)
        if version is not None:
            installation.settings["PYTHONPATH"] = versions[version]

    yield install
    install(None)


def succeeded(done: subprocess.CompletedProcess[str]) -> str:
    # A migration that meets a lock says so and goes on, which happens on a busy machine.
    told = [line for line in done.stderr.splitlines() if not line.startswith("a migration waits for session ")]
    assert (done.returncode, told) == (0, [])
    return done.stdout


def test_a_module_comes_goes_and_is_told(
    installation: Installation, gears: Callable[[int | None], None], new_installation: Callable[..., Installation]
) -> None:
    """In one go, since each step is a process that starts a database."""
    assert succeeded(installation.run("migrate")) == f"The schema is at revision {', '.join(HEADS.values())}.\n"

    gears(1)
    examined = installation.run("doctor")
    assert examined.returncode == 1
    assert "fail  schema: The database has no tables of the module gears yet: run `taskhub migrate`." in examined.stdout
    assert "ok    modules: users, workspaces, activity, tasks, gears" in examined.stdout

    gears(2)
    with installation.serving():  # Which migrates the database of its own.
        pass
    assert "fail" not in succeeded(installation.run("doctor"))
    backup = str(installation.folder / "backup.tar")
    succeeded(installation.run("backup", backup))
    unpack = ["tar", "--extract", "--to-stdout", "--file", backup, "backup.json"]
    manifest = json.loads(subprocess.check_output(unpack, timeout=PROGRAM_SECONDS))
    assert manifest["revisions"] == {**HEADS, "gears": "gears_0002"}

    gears(1)
    refusal = "The database was migrated by a newer version of the module gears (to gears_0002)"
    for command in (["migrate"], ["serve"], ["restore", "--replace", backup]):
        refused = installation.run(*command)
        assert refused.returncode == 1
        assert refusal in refused.stderr

    gears(None)
    assert AWAY in succeeded(installation.run("migrate"))
    examined_without = succeeded(installation.run("doctor"))
    assert f"warn  schema: {AWAY}" in examined_without
    with installation.serving() as served:
        assert served.is_ready()
    assert AWAY in succeeded(installation.run("restore", "--replace", backup))

    gears(2)
    assert "warn  schema" not in succeeded(installation.run("doctor"))


def test_a_wrong_revision_is_told_before_anything_is_migrated(
    installation: Installation, new_installation: Callable[..., Installation], tmp_path: Path
) -> None:
    wrong = new_installation(PYTHONPATH=distribution(tmp_path, 2))
    file = tmp_path / "fake_gears" / "migrations" / "gears_0001_made.py"
    file.write_text(file.read_text().replace("branch_labels = 'gears'", "branch_labels = None"))
    for command in ("migrate", "serve"):
        refused = wrong.run(command)
        assert refused.returncode == 1
        assert "The revision gears_0001 of the module gears has the branch labels []" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert "fail  modules: The revision gears_0001" in wrong.run("doctor").stdout
