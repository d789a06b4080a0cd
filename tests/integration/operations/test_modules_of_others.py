"""A module that somebody else has installed: what runs with it, and what operators read where it can't be used.

The database is away throughout. That stops no process, and modules are looked at before it.
"""

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from support.harness.distribution import write_distribution
from support.harness.program import TASKHUB, Installation

MODULE = """
import asyncio
from pathlib import Path

from taskhub.kernel.module_api import Module, ModuleSettings, keeps_nothing


class ClockSettings(ModuleSettings):
    ticks: Path


class Clocks:
    def __init__(self, context):
        self.settings = context.settings

    def runner(self):
        return None

    def subscribers(self):
        return ()

    purges = subscribers

    def background(self):
        return [self.tick]

    def ports(self):
        return {}

    services = ports
    empty = staticmethod(keeps_nothing)

    async def tick(self):
        self.settings.ticks.touch()
        await asyncio.Event().wait()


module = Module("clocks", package="acme_clocks", api=(1, 0), container=Clocks, settings=ClockSettings)
"""
ENTRY_POINT = {"taskhub_modules": "clocks = acme_clocks:module"}

NewInstallation = Callable[..., Installation]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder on Python's path."""
    return tmp_path


@pytest.fixture
def away(new_installation: NewInstallation, path: Path) -> Installation:
    return new_installation(
        TASKHUB_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        TASKHUB_SECRET_KEY=uuid4().hex,
        TASKHUB_CLOCKS_TICKS=str(path / "ticked"),
        PYTHONPATH=str(path),
    )


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_its_loops_run_where_the_background_work_is_done(away: Installation, path: Path, command: str) -> None:
    write_distribution(path, "acme-clocks", MODULE, **ENTRY_POINT)
    with away.start((*TASKHUB, command)) as process:
        process.wait_until((path / "ticked").exists)
        assert process.end() == 0


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "workspace deleted"])
def test_a_setting_that_it_does_not_have_is_told_by_every_command_that_uses_it(
    away: Installation, path: Path, command: str
) -> None:
    write_distribution(path, "acme-clocks", MODULE, **ENTRY_POINT)
    away.settings["TASKHUB_CLOCKS_TICK"] = "x"
    done = away.run(*command.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("taskhub: TASKHUB_CLOCKS_TICK is not a setting of TaskHub. Did you mean TASKHUB_CLOCKS_TICKS?")
    assert done.stderr.count("\n") == 1


REFUSAL = (
    "The module clocks can't be loaded from acme_clocks:module of acme-clocks 1.0: KeyError: 'x' (acme_clocks.py, line 1)."
    " Install another version of acme-clocks than 1.0, or uninstall it."
)


@pytest.fixture
def broken(away: Installation, path: Path) -> Installation:
    """One with a module that can't be imported, whose commands can't be either."""
    write_distribution(path, "acme-clocks", "{}['x']\n", **ENTRY_POINT, taskhub_commands="clocks = acme_clocks:commands")
    return away


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "workspace deleted"])
def test_one_that_cant_be_loaded_stops_what_needs_it_with_a_sentence(broken: Installation, command: str) -> None:
    done = broken.run(*command.split())
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"taskhub: {REFUSAL}\n")


def test_the_doctor_tells_it_and_goes_on(broken: Installation) -> None:
    done = broken.run("doctor")
    assert (done.returncode, done.stderr) == (1, "")
    modules, commands, *others = done.stdout.splitlines()
    assert modules == f"fail  modules: {REFUSAL}"
    assert commands.startswith(
        "fail  commands: The command `taskhub clocks` can't be loaded from acme_clocks:commands of acme-clocks"
    )
    assert [line.split()[1] for line in others] == ["secret:", "database:"]


def test_help_and_what_needs_no_module_work(broken: Installation) -> None:
    done = broken.run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search("clocks +Can't be used: `taskhub doctor` says why[.]", done.stdout)
    assert broken.run("secret", "rotate").returncode == 0
