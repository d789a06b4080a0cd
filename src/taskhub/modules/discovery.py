"""Finding modules: every installed distribution may bring some, as entry points of the group `taskhub.modules`."""

import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from sqlalchemy.exc import InvalidRequestError

from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.module_api import Module
from taskhub.modules.collection import Modules
from taskhub.modules.entry_points import cant_be_loaded, described, is_ours, load, what_to_do
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
    """The modules that entry points name, ours first: what is there already is not what is wrong.

    Raises:
        WrongModule: one can't be loaded, is no module, or two have one name.
    """
    by_name: dict[str, EntryPoint] = {}
    for entry in sorted(found, key=lambda one: (not is_ours(one), one.name, one.value)):
        other = by_name.setdefault(entry.name, entry)
        if other.value != entry.value:
            raise WrongModule(
                f"Two modules are called {entry.name}: {described(other)} and {described(entry)}."
                f" {what_to_do(other, entry)}".rstrip()
            )
    return [_module(entry) for entry in by_name.values()]


def _module(entry: EntryPoint) -> Module:
    called = f"The module {entry.name}"
    try:
        module = load(entry, Module, called, "Module")
    except WrongModule as error:
        if taken := _taken_table(error.__cause__):
            raise cant_be_loaded(entry, called, taken) from error
        raise
    if module.name != entry.name:
        raise WrongModule(
            f"The module of {described(entry)} has the name {module.name}, but its entry point has the name {entry.name}: "
            f"give both the same name. {what_to_do(entry)}".rstrip()
        )
    return module


def _taken_table(error: BaseException | None) -> str | None:
    """Whose a table is that a module has, too: SQLAlchemy knows at import, before any module can be compared."""
    taken = _TABLE_TAKEN.match(str(error)) if isinstance(error, InvalidRequestError) else None
    owners = [one for one in Row.__subclasses__() if "__table__" in vars(one) and taken and one.__tablename__ == taken[1]]
    if not taken or not owners:
        return None
    return f"its table {taken[1]} is there already, as {owners[0].__module__}.{owners[0].__name__}"
