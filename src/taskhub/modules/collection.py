"""The modules of one application, together."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from taskhub.kernel.api.operations import Operation, Routes
from taskhub.kernel.application.event_types import event_types
from taskhub.kernel.infrastructure.event_log import tables
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.module_api import API_VERSION, Module
from taskhub.modules.claims import Claimant, check_claims, check_documented, check_owners, check_paths, check_undo
from taskhub.modules.order import in_order
from taskhub.modules.refusals import wrong_module
from taskhub.schema.revisions import KERNEL, Branch, Revisions, WrongRevisions
from taskhub.service.reference.catalogue import Catalogue
from taskhub.service.reference.own import DOCUMENTATION
from taskhub.service.routes import ROUTES
from taskhub.settings import PREFIX, Settings

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_OURS = "taskhub."

APPLICATION = Claimant(
    name="TaskHub itself",
    package="taskhub.kernel",
    branch=KERNEL,
    rows=tables.ROWS,
    routes=ROUTES,
    documentation=DOCUMENTATION,
    settings=[f"{PREFIX}{name}".upper() for name in Settings.model_fields],
)
"""What the application claims beside its modules."""


class Modules:
    """Modules that fit together, each after those that it requires."""

    def __init__(self, modules: Iterable[Module]) -> None:
        """Raises:
        WrongModule
        """
        self._in_order = in_order(modules)
        for module in self:
            _check(module)
        check_owners(self._in_order)
        check_undo(self._in_order)
        claimants = {module.name: Claimant.of(module) for module in self}
        check_claims([APPLICATION, *claimants.values()])
        check_paths([*(claimants[module.name] for module in self._in_matching_order()), APPLICATION])
        check_documented(claimants.values())

    def __iter__(self) -> Iterator[Module]:
        return iter(self._in_order)

    @cached_property
    def routes(self) -> list[Routes]:
        """In the order in which they are matched: each route passed over costs 0.7 µs, so the hot ones come first.

        Those of higher modules are the hotter ones, unless a module says that its own are called seldom. What others add comes
        after all that is ours, and makes none of it slower.
        """
        of_modules = [routes for module in self._in_matching_order() for routes in module.routes]
        return [*of_modules, *APPLICATION.routes]

    @property
    def operations(self) -> list[Operation]:
        return [operation for routes in self.routes for operation in routes.operations]

    @cached_property
    def catalogue(self) -> Catalogue:
        """What the reference is made of."""
        of_modules = {module.package: module.documentation for module in self}
        events = event_types({module.name: module.events for module in self})
        return Catalogue.of({**of_modules, APPLICATION.package: APPLICATION.documentation}, events)

    @property
    def events(self) -> Mapping[str, Any]:
        """All types of events that are appended, with what their modules declare of them."""
        return {type: declared for module in self for type, declared in module.events.items()}

    @property
    def rows(self) -> list[type[Row]]:
        """All tables, those of the kernel too."""
        return [*APPLICATION.rows, *(row for module in self for row in module.rows)]

    @cached_property
    def revisions(self) -> Revisions:
        """What the schema of the database is made by.

        Raises:
            WrongRevisions
        """
        return Revisions.of(branch for module in self if (branch := _branch(module)))

    def _in_matching_order(self) -> list[Module]:
        higher_first = list(reversed(self._in_order))
        return sorted(higher_first, key=lambda module: (not module.package.startswith(_OURS), module.is_seldom_called))


def _branch(module: Module) -> Branch | None:
    if module.migrations is not None:
        return Branch.read(module.name, Path(str(module.migrations)), module.requires)
    if module.rows:
        tables = ", ".join(row.__tablename__ for row in module.rows)
        raise WrongRevisions(f"The module {module.name} has tables ({tables}), and no `migrations` that would make them.")
    return None


def _check(module: Module) -> None:
    if not _NAME.fullmatch(module.name):
        raise wrong_module(
            f"The module {module.name!r} needs another name: a lower case letter, then lower case letters, digits and `_`.",
            module.name,
        )
    major, minor = module.api
    if major != API_VERSION[0] or minor > API_VERSION[1]:
        ours = ".".join(map(str, API_VERSION))
        another = "an older" if major < API_VERSION[0] else "a newer"
        raise wrong_module(
            f"The module {module.name} was written for {another} TaskHub: for version {major}.{minor} of the module API, and this"
            f" one has {ours}.",
            module.name,
        )
