"""Whether every module stands in all import contracts: `python -m tools.module_contracts`, a part of `make lint`.

A module is a package of `taskhub` that has a `module.py`, or that an entry point of the group `taskhub.modules` names.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[1]
GROUP = "taskhub.modules"


def missing(project: dict[str, Any], source: Path) -> Iterator[str]:
    """A sentence for each thing that a module lacks. ``project``: `pyproject.toml`; ``source``: the package's folder."""
    named = {
        value.split(":")[0].removeprefix("taskhub.").removesuffix(".module")
        for value in project["project"]["entry-points"][GROUP].values()
    }
    contracts = project["tool"]["importlinter"]["contracts"]
    for name in sorted(named | {file.parent.name for file in source.glob("*/module.py")}):
        if name not in named:
            yield f"taskhub.{name} is no entry point of the group {GROUP}"
        if not (source / name / "module.py").is_file():
            yield f"taskhub.{name} is an entry point of the group {GROUP}, and has no module.py"
            continue
        yield from (f"taskhub.{name} {lack}" for lack in _lacks(name, contracts, source))


def _lacks(name: str, contracts: list[dict[str, Any]], source: Path) -> Iterator[str]:
    package = f"taskhub.{name}"
    if name not in {layer for one in contracts if one.get("containers") == ["taskhub"] for layer in _flat(one["layers"])}:
        yield "has no place in the order of modules: the contract `Modules depend one way`"
    if package not in {container for one in contracts if "domain" in one.get("layers", ()) for container in one["containers"]}:
        yield "has no layers: the contract `Imports point inwards`"
    parts = {file.stem if file.is_file() else file.name for file in (source / name).iterdir()} - {
        "__init__",
        "__pycache__",
        "contract",
    }
    protected = {module for one in contracts if one["type"] == "protected" for module in one["protected_modules"]}
    if open_parts := sorted(f"{package}.{part}" for part in parts if f"{package}.{part}" not in protected):
        yield f"shows others more than its contract: `Of {name} others see the contract only` lacks {', '.join(open_parts)}"
    if package not in {module for one in contracts if one["type"] == "forbidden" for module in one["forbidden_modules"]}:
        yield "may be named by the application: the contract `The application names no module`"


def _flat(layers: list[str]) -> Iterator[str]:
    for layer in layers:
        yield from (part.strip() for part in layer.split("|"))


def main() -> int:
    lacks = list(missing(tomllib.loads((TOP / "pyproject.toml").read_text("utf-8")), TOP / "src" / "taskhub"))
    for sentence in lacks:
        sys.stderr.write(f"{sentence}.\n")
    return 1 if lacks else 0


if __name__ == "__main__":
    sys.exit(main())
