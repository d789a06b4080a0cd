"""Rule 19: the import contracts of TaskHub, applied to a module's package."""

import ast
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from taskhub.testing.conformance.rules import Report, checks
from taskhub.testing.conformance.subject import Subject

LAYERS = {"module": 5, "container": 4, "api": 3, "infrastructure": 3, "application": 2, "domain": 1, "contract": 0}
INNER = ("application", "domain", "contract")
FRAMEWORKS = (
    "alembic",
    "asyncpg",
    "dependency_injector",
    "fastapi",
    "prometheus_client",
    "pydantic",
    "pydantic_settings",
    "sqlalchemy",
    "starlette",
    "structlog",
    "uvicorn",
)
DATABASE = ("alembic", "asyncpg", "sqlalchemy")
OF_THE_KERNEL = {
    "contract": ("taskhub.kernel.contract", "taskhub.kernel.domain"),
    "domain": ("taskhub.kernel.contract", "taskhub.kernel.domain"),
    "application": ("taskhub.kernel.contract", "taskhub.kernel.domain", "taskhub.kernel.application"),
    "api": ("taskhub.kernel.contract", "taskhub.kernel.domain", "taskhub.kernel.application", "taskhub.kernel.api"),
}


@dataclass(frozen=True, slots=True)
class Import:
    importer: str
    imported: str
    place: str

    def layer(self, package: str) -> str:
        return part_of(self.importer, package)


def part_of(name: str, package: str) -> str:
    """The part of a package that a module in it is of: its first folder or file."""
    return name.removeprefix(package).lstrip(".").partition(".")[0] if is_within(name, package) else ""


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def imports_of(package: str) -> list[Import]:
    """All imports in the files of a package, also those inside functions."""
    spec = importlib.util.find_spec(package)
    assert spec is not None, f"there is no package {package}"
    return [found for place in spec.submodule_search_locations or () for found in _below(Path(place), package)]


def _below(folder: Path, package: str) -> Iterator[Import]:
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        importer = ".".join([package, *(parts[:-1] if is_package else parts)])
        base = importer if is_package else importer.rpartition(".")[0]
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            for imported in _imported(node, base):
                yield Import(importer, imported, f"{file.relative_to(folder.parent)}:{getattr(node, 'lineno', 0)}")


def _imported(node: ast.AST, base: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = base.split(".")[: len(base.split(".")) - node.level + 1] if node.level else []
        source = ".".join([*above, *([node.module] if node.module else [])])
        yield from (f"{source}.{alias.name}" for alias in node.names)


@checks(
    19,
    "Imports point inwards (module → container → api, infrastructure → application → domain → contract); contract, domain and"
    " application know no framework, routes no database; of other modules only the contract is used, and only of those that are"
    " required.",
    section="docs/architecture.md, “Rules that are checked”",
)
async def imports_keep_the_contracts(subject: Subject, report: Report) -> None:
    module = subject.module
    others = {one.package: one.name for one in subject.service.container.installed if one is not module}
    found = imports_of(module.package)
    report.true(f"the files of {module.package}", found, expected="some that import something", seen="none")
    for one in found:
        for reason in _refusals(one, module.package, others, frozenset(module.requires)):
            report.add(f"{one.place}: {one.importer} imports {one.imported}", expected=reason, seen="the import")


def _refusals(one: Import, package: str, others: Mapping[str, str], requires: frozenset[str]) -> Iterator[str]:
    layer = one.layer(package)
    yield from _within(one, layer, package)
    if layer in INNER and any(is_within(one.imported, framework) for framework in FRAMEWORKS):
        yield f"no framework in {layer}"
    if layer == "api" and any(is_within(one.imported, name) for name in DATABASE):
        yield "no database in routes"
    if is_within(one.imported, "asyncpg") and layer != "infrastructure":
        yield "the driver behind `Database`"
    if is_within(one.imported, "taskhub.kernel") and layer in OF_THE_KERNEL:
        allowed = OF_THE_KERNEL[layer]
        if not any(is_within(one.imported, name) for name in allowed):
            yield f"of the kernel only {', '.join(allowed)}"
    yield from _of_others(one, others, requires)


def _within(one: Import, layer: str, package: str) -> Iterator[str]:
    target = part_of(one.imported, package)
    if layer not in LAYERS or target not in LAYERS or layer == target:
        return
    if LAYERS[target] > LAYERS[layer] and not (one.importer == f"{package}.api.module" and target == "container"):
        yield "imports that point inwards"
    elif LAYERS[target] == LAYERS[layer]:
        yield "api and infrastructure that don't know each other"


def _of_others(one: Import, others: Mapping[str, str], requires: frozenset[str]) -> Iterator[str]:
    for package, name in others.items():
        if not is_within(one.imported, package):
            continue
        if not is_within(one.imported, f"{package}.contract"):
            yield f"of {name} nothing but {package}.contract"
        elif name not in requires:
            yield f"`requires` that names {name}"
    is_taskhub = is_within(one.imported, "taskhub") and not any(is_within(one.imported, package) for package in others)
    is_own = is_within(one.imported, one.importer.partition(".")[0]) and not one.importer.startswith("taskhub.")
    if is_taskhub and not is_own and not one.importer.startswith("taskhub.") and not is_within(one.imported, "taskhub.kernel"):
        yield "of TaskHub nothing but taskhub.kernel and contracts"
