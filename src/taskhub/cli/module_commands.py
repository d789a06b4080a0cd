"""Command-line groups of modules: entry points of the group `taskhub.commands`, each a Typer application.

They are a group of their own beside `taskhub.modules`, so that help needs to import no more of a module than its commands.
"""

from collections.abc import Iterable
from importlib.metadata import EntryPoint

import typer
from typer.models import CommandInfo, TyperInfo

GROUP = "taskhub.commands"


def add_module_commands(app: typer.Typer, found: Iterable[EntryPoint]) -> None:
    """Adds the groups that modules bring to the commands of the program.

    Raises:
        WrongModule: one can't be loaded, or its name is taken.
    """
    own = [*map(_name, app.registered_commands), *map(_group_name, app.registered_groups)]
    taken = dict.fromkeys(own, "TaskHub itself")
    for entry in sorted(found, key=lambda one: (one.name, one.value)):
        if entry.name in taken:
            raise _wrong(f"The command `taskhub {entry.name}` is claimed twice: by {taken[entry.name]} and by {entry.value}.")
        taken[entry.name] = entry.value
        app.add_typer(_loaded(entry), name=entry.name)


def _loaded(entry: EntryPoint) -> typer.Typer:
    try:
        group = entry.load()
    except Exception as error:
        raise _wrong(f"The command `taskhub {entry.name}` can't be loaded from {entry.value}: {error}.") from error
    if not isinstance(group, typer.Typer):
        raise _wrong(
            f"The command `taskhub {entry.name}` is not a typer.Typer: {entry.value} is of the type {type(group).__name__}."
        )
    return group


def _name(command: CommandInfo) -> str:
    """What a command is called on the command line."""
    return command.name or command.callback.__name__.replace("_", "-") if command.callback else str(command.name)


def _group_name(group: TyperInfo) -> str:
    return str(group.typer_instance.info.name) if group.typer_instance else str(group.name)


def _wrong(sentence: str) -> Exception:
    from taskhub.modules.errors import WrongModule

    return WrongModule(sentence)
