"""Modules bring command-line groups of their own; one whose name is taken stops the program, and both are named."""

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

from taskhub.cli.main import app as program
from taskhub.cli.module_commands import GROUP, add_module_commands
from taskhub.modules.errors import WrongModule


@pytest.fixture
def app() -> typer.Typer:
    """A program with a command and a group."""
    made = typer.Typer()
    made.command()(reset_all)
    made.add_typer(typer.Typer(name="user"))
    return made


def reset_all() -> None:
    """A command."""


@pytest.fixture(autouse=True)
def package(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A package with a group, `fake_clocks:commands`."""
    made = ModuleType("fake_clocks")
    commands = typer.Typer(help="Clocks: wind them.")
    commands.callback()(lambda: None)
    commands.command()(wind)
    made.commands = commands  # type: ignore[attr-defined]
    made.nothing = None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "fake_clocks", made)
    return made


def wind() -> None:
    """Wind all clocks."""
    typer.echo("They go.")


def entry(name: str, value: str = "fake_clocks:commands") -> EntryPoint:
    return EntryPoint(name, value, GROUP)


def test_a_group_that_a_module_brings_is_a_command_like_others(app: typer.Typer) -> None:
    add_module_commands(app, [entry("clocks")])
    done = CliRunner().invoke(app, ["clocks", "wind"])
    assert (done.exit_code, done.output) == (0, "They go.\n")


@pytest.mark.parametrize("name", ["reset-all", "user"])
def test_a_command_of_the_program_is_its_own(app: typer.Typer, name: str) -> None:
    with pytest.raises(WrongModule, match=f"`taskhub {name}` is claimed twice: by TaskHub itself and by fake_clocks:commands"):
        add_module_commands(app, [entry(name)])


@pytest.mark.parametrize("name", ["serve", "doctor", "user", "workspace", "secret"])
def test_so_are_those_that_there_are(name: str) -> None:
    with pytest.raises(WrongModule, match="TaskHub itself"):
        add_module_commands(program, [entry(name)])


def test_two_modules_with_one_command_are_told(app: typer.Typer) -> None:
    with pytest.raises(
        WrongModule, match="`taskhub clocks` is claimed twice: by fake_clocks:commands and by fake_other:commands"
    ):
        add_module_commands(app, [entry("clocks"), entry("clocks", "fake_other:commands")])


def test_what_is_no_group_is_told(app: typer.Typer) -> None:
    with pytest.raises(WrongModule, match=r"`taskhub clocks` is not a typer\.Typer: fake_clocks:nothing is of the type NoneType"):
        add_module_commands(app, [entry("clocks", "fake_clocks:nothing")])


def test_what_cant_be_imported_is_told(app: typer.Typer) -> None:
    with pytest.raises(WrongModule, match="`taskhub clocks` can't be loaded from fake_missing:commands: No module named"):
        add_module_commands(app, [entry("clocks", "fake_missing:commands")])
