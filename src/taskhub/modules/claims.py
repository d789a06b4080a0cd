"""What each module claims for itself alone. Two that claim the same stop the start."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from taskhub.kernel.api.documentation import Documentation
from taskhub.kernel.api.operations import Operation, Routes
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping as RowMapping
from taskhub.kernel.module_api import Module
from taskhub.modules.refusals import wrong_module
from taskhub.service.reference.catalogue import errors_of
from taskhub.settings import PREFIX


class Claim(NamedTuple):
    """``kind`` and ``what`` may not be claimed twice. ``by`` tells by whom, ``modules`` has the name if that is a module."""

    kind: str
    what: Any
    by: str
    modules: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Claimant:
    """A module, or the application itself, as far as it claims anything."""

    name: str
    modules: tuple[str, ...] = ()
    """The name of the module, if it is one."""
    package: str
    branch: str
    rows: Sequence[type[Row]] = ()
    mappings: Sequence[RowMapping[Any]] = ()
    routes: Sequence[Routes] = ()
    events: Mapping[str, Any] = field(default_factory=dict)
    documentation: Documentation = field(default_factory=Documentation)
    settings: Sequence[str] = ()

    @classmethod
    def of(cls, module: Module) -> "Claimant":
        return cls(
            name=f"the module {module.name}",
            modules=(module.name,),
            package=module.package,
            branch=module.name,
            rows=tuple(module.rows),
            mappings=module.mappings,
            routes=module.routes,
            events=module.events,
            documentation=module.documentation,
            settings=settings_of(module),
        )

    @property
    def operations(self) -> list[Operation]:
        return [operation for routes in self.routes for operation in routes.operations]

    def claims(self) -> Iterator[Claim]:
        yield from (Claim("lock rank", one.lock_rank, f"`{one.name}` of {self.name}", self.modules) for one in self.mappings)
        several: dict[str, Iterable[Any]] = {
            "branch of revisions": [self.branch],
            "table": [row.__tablename__ for row in self.rows],
            "event type": self.events,
            "error code": [kind.code for kind in errors_of(self.package)],
            "operation": [operation.operation_id for operation in self.operations],
            "setting": self.settings,
            "tag": self.documentation.tags,
            "word": self.documentation.words,
            "fault code": self.documentation.fault_codes,
            "name of a schema": self.documentation.schemas,
        }
        for kind, claimed in several.items():
            yield from (Claim(kind, what, self.name, self.modules) for what in dict.fromkeys(claimed))


def settings_of(module: Module) -> list[str]:
    """The names of its environment variables."""
    fields = module.settings.model_fields if module.settings else ()
    return [f"{PREFIX}{module.name}_{field}".upper() for field in fields]


def check_claims(claimants: Iterable[Claimant]) -> None:
    """Raises:
    WrongModule: two claim the same.
    """
    taken: dict[tuple[str, Any], Claim] = {}
    for claimant in claimants:
        for claim in claimant.claims():
            other = taken.setdefault(claim[:2], claim)
            if other is not claim:
                sentence = f"The {claim.kind} `{claim.what}` is claimed twice: by {other.by} and by {claim.by}."
                raise wrong_module(sentence, *other.modules, *claim.modules)


def check_paths(in_matching_order: Sequence[Claimant]) -> None:
    """Raises:
    WrongModule: a route would get no request, since a route of another module, which is asked first, takes them all.
    """
    first: list[tuple[Operation, Claimant]] = []
    for claimant in in_matching_order:
        for operation in claimant.operations:
            for other, owner in first:
                # A parameter in braces is a segment like any other to the pattern of the other path.
                if other.method == operation.method and other.path_regex.match(operation.path):
                    raise wrong_module(
                        f"The path `{operation.method} {operation.path}` of {claimant.name} would get no request: "
                        f"`{other.path}` of {owner.name} takes them.",
                        *owner.modules,
                        *claimant.modules,
                    )
        first += [(operation, claimant) for operation in claimant.operations]


def check_documented(claimants: Iterable[Claimant]) -> None:
    """Raises:
    WrongModule: the documentation of a module lacks what the reference can't do without.
    """
    for claimant in claimants:
        for kind in errors_of(claimant.package):
            if kind.code not in claimant.documentation.advice:
                sentence = f"The documentation of {claimant.name} has no advice for its error code `{kind.code}`."
                raise wrong_module(sentence, *claimant.modules)
        for routes in claimant.routes:
            if routes.tag not in claimant.documentation.tags:
                sentence = f"The documentation of {claimant.name} does not describe the tag `{routes.tag}` of its routes."
                raise wrong_module(sentence, *claimant.modules)


def check_undo(modules: Iterable[Module]) -> None:
    """Raises:
    WrongModule: it is said of a type of event how it is taken back, and the module has no such events.
    """
    for module in modules:
        for type in module.undo:
            if type not in module.events:
                raise wrong_module(
                    f"`undo` of the module {module.name} names `{type}`, which is not one of its events.", module.name
                )


def check_owners(modules: Sequence[Module]) -> None:
    """Raises:
    WrongModule: nobody says what rows belong to, or it is an event that no module appends.
    """
    known = {type for module in modules for type in module.events}
    for module in modules:
        if not isinstance(module.rows, Mapping):
            sentence = f"`rows` of the module {module.name} does not say what its rows belong to: write a mapping, such as"
            raise wrong_module(f"{sentence} `{{TimeEntryRow: {{WORKSPACE_PURGED, TASK_PURGED}}}}`.", module.name)
        for row, owners in module.rows.items():
            for type in sorted(owners - known):
                table = f"`{row.__tablename__}` of the module {module.name}"
                sentence = (
                    f"The rows of the table {table} are to be removed after `{type}`, and no installed module has such events."
                )
                raise wrong_module(sentence, module.name)
