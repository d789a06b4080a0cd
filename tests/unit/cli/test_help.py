"""Help is read at a bad moment: every command shows an example, and none of it waits for the program to load."""

import re
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from taskhub.cli.main import app


def commands(command: object, *path: str) -> Iterator[tuple[str, ...]]:
    """The names of all commands that do something."""
    if not isinstance(command, TyperGroup):
        yield path
        return
    context = typer.Context(command)
    for name in command.list_commands(context):
        yield from commands(command.get_command(context, name), *path, name)


COMMANDS = list(commands(get_command(app)))


def test_the_commands_of_the_design_are_there() -> None:
    assert {" ".join(path) for path in COMMANDS} >= {
        "serve",
        "worker",
        "migrate",
        "user create",
        "user reset-password",
        "workspace deleted",
        "workspace restore",
        "backup",
        "restore",
        "secret rotate",
        "doctor",
    }


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_shows_how_it_is_used(path: tuple[str, ...]) -> None:
    text = CliRunner().invoke(app, [*path, "--help"]).stdout
    assert "Example:" in text
    assert f"taskhub {' '.join(path)}" in text


@pytest.mark.parametrize("group", sorted({path[0] for path in COMMANDS if len(path) > 1}))
def test_every_group_shows_how_one_of_its_commands_is_used(group: str) -> None:
    text = CliRunner().invoke(app, [group, "--help"]).stdout
    used = re.search(rf"Example:\n +taskhub ({group} [\w-]+)", text)
    assert used is not None
    assert tuple(used[1].split()) in COMMANDS


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_no_command_takes_a_password_as_an_argument(path: tuple[str, ...]) -> None:
    text = CliRunner().invoke(app, [*path, "--help"]).stdout
    assert "--password" not in text
