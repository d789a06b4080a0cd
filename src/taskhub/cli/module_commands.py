"""Groups of commands that modules add: entry points of the group `taskhub.commands`, each a Typer application.

They are entry points of their own beside `taskhub.modules`, so that help needs to import no more of a module than its commands. A
group that can't be used stops nothing but itself: the service can do without its commands, and the operator needs the others.
"""

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info, get_group_from_info
from typer.models import CommandInfo, TyperInfo

from taskhub.modules.entry_points import cant_be_loaded, described, load, reason, what_to_do
from taskhub.modules.errors import WrongModule

GROUP = "taskhub.commands"
COMMANDS = "Commands"
"""Where a command stands in help that names no section."""


class CommandsOfModules(TyperGroup):
    """The commands of the program, and after them the groups of modules. Each is imported for help on it, and to run it."""

    def list_commands(self, ctx: Any) -> list[str]:
        own = super().list_commands(ctx)
        return [*own, *(name for name in self._added if name not in own)]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """In the sections that they name, and the others first."""
        sections: dict[str, list[tuple[str, str]]] = {}
        names = self.list_commands(ctx)
        limit = formatter.width - 6 - max(map(len, names), default=0)
        for name in names:
            command = self.get_command(ctx, name)
            section = getattr(command, "rich_help_panel", None)
            sections.setdefault(section if isinstance(section, str) else COMMANDS, []).append(
                (name, command.get_short_help_str(limit))
            )
        for title, rows in sections.items():
            with formatter.section(title):
                formatter.write_dl(rows)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        own = super().get_command(ctx, cmd_name)
        if own is not None or cmd_name not in self._added:
            return own
        try:
            return self._group(cmd_name)
        except WrongModule as error:
            return _unusable(cmd_name, error)

    def wrong_groups(self) -> list[str]:
        """A sentence for each group that can't be used."""
        return [sentence for name in self._added for sentence in self._wrong(name)]

    @cached_property
    def _added(self) -> dict[str, Sequence[EntryPoint]]:
        """The entry points by their names, of which all but one are too many."""
        found = sorted(entry_points(group=GROUP), key=lambda one: (one.name, one.value))
        by_name: dict[str, dict[str, EntryPoint]] = {}
        for entry in found:
            by_name.setdefault(entry.name, {})[entry.value] = entry
        return {name: tuple(entries.values()) for name, entries in by_name.items()}

    def _wrong(self, name: str) -> list[str]:
        try:
            self._group(name)
        except WrongModule as error:
            return [str(error)]
        return []

    def _group(self, name: str) -> TyperGroup:
        """Raises:
        WrongModule: it can't be loaded, or its name is taken.
        """
        entry, *others = self._added[name]
        claimants = [*(["TaskHub itself"] if name in self.commands else []), *map(described, (entry, *others))]
        if len(claimants) > 1:
            raise WrongModule(
                f"The command `taskhub {name}` is claimed twice: by {claimants[0]} and by {claimants[1]}."
                f" {what_to_do(entry, *others)}".rstrip()
            )
        called = f"The command `taskhub {name}`"
        group = load(entry, typer.Typer, called, "typer.Typer")
        try:
            return get_group_from_info(
                TyperInfo(group, name=name), pretty_exceptions_short=True, suggest_commands=True, rich_markup_mode=None
            )
        except Exception as error:
            raise cant_be_loaded(entry, called, reason(error)) from error


def _unusable(name: str, error: WrongModule) -> Any:
    """A command in the place of a group, which says why there is none."""

    def refuse() -> NoReturn:
        raise error

    told = CommandInfo(
        name,
        callback=refuse,
        help=str(error),
        short_help="Can't be used: `taskhub doctor` says why.",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    return get_command_from_info(told, pretty_exceptions_short=True, rich_markup_mode=None)
