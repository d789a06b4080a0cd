"""Finding modules: every installed distribution may bring some, as entry points of the group `taskhub.modules`."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from sqlalchemy.exc import InvalidRequestError

from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.module_api import Module
from taskhub.modules.collection import Modules
from taskhub.modules.errors import WrongModule
from taskhub.settings import MODULES_GROUP

_TABLE_TAKEN = re.compile(r"Table '(\w+)' is already defined")


@cache
def installed_modules() -> Modules:
    """The modules of this installation.

    Raises:
        WrongModule
    """
    return Modules(loaded(entry_points(group=MODULES_GROUP)))


def loaded(found: Iterable[EntryPoint]) -> list[Module]:
    """The modules that entry points name, by their names.

    Raises:
        WrongModule: one can't be loaded, is no module, or two have one name.
    """
    by_name: dict[str, EntryPoint] = {}
    for entry in sorted(found, key=lambda one: (one.name, one.value)):
        other = by_name.setdefault(entry.name, entry)
        if other.value != entry.value:
            raise WrongModule(f"Two modules are called {entry.name}: {_described(other)} and {_described(entry)}. Uninstall one.")
    return [_module(entry) for entry in by_name.values()]


def _module(entry: EntryPoint) -> Module:
    try:
        module = entry.load()
    except Exception as error:
        raise WrongModule(f"The module {entry.name} can't be loaded from {_described(entry)}: {_reason(error)}.") from error
    if not isinstance(module, Module):
        raise WrongModule(f"The module {entry.name} is not a Module: {_described(entry)} is of the type {type(module).__name__}.")
    if module.name != entry.name:
        raise WrongModule(
            f"The module of {_described(entry)} has the name {module.name}, but its entry point has the name {entry.name}: "
            "give both the same name."
        )
    return module


def _described(entry: EntryPoint) -> str:
    """Where an entry point points to, and whose it is."""
    return f"{entry.value} of {entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


def _reason(error: Exception) -> str:
    """What went wrong. Where a table is there already, by whom: SQLAlchemy knows at import, before any module can be compared."""
    taken = _TABLE_TAKEN.match(str(error)) if isinstance(error, InvalidRequestError) else None
    owners = [one for one in Row.__subclasses__() if "__table__" in vars(one) and taken and one.__tablename__ == taken[1]]
    if taken and owners:
        return f"its table {taken[1]} is there already, as {owners[0].__module__}.{owners[0].__name__}"
    return str(error).rstrip(".") or type(error).__name__
