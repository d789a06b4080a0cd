"""Writes the skeleton of a module: a distribution of its own with one resource, green from the beginning.

It is rendered from the files of `module_template`: ``${name}`` in them stands for one of `Names.values`, and so do names in
capitals in their paths.
"""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

from taskhub.kernel.cli import CommandFailed
from taskhub.kernel.module_api import API_VERSION
from taskhub.modules.collection import Modules
from taskhub.modules.discovery import installed_modules
from taskhub.schema.revisions import KERNEL

MAX_LENGTH = 20
"""Of a name. Longer ones would not fit into lines, and into names of revisions."""
REQUIRES = ("workspaces",)
"""What the module of the template requires."""
RANK_STEP = 10
"""Between lock ranks, so that there is room for more."""

_NAME = re.compile(r"[a-z](?:_?[a-z0-9])*", re.ASCII)
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_IMPORT = re.compile(r"from (\S+) import ([^(\n]+)")
_SUFFIX = ".tmpl"
_RESERVED = frozenset({KERNEL, "taskhub"})
"""Names that TaskHub uses itself."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a module and its parts are called. ``depends_on``: the newest revisions of what its tables come after."""

    module: str
    lock_rank: int
    depends_on: tuple[str, ...]

    @property
    def values(self) -> dict[str, str]:
        thing, words = f"{self.module}_item", self.module.replace("_", " ")
        article = "an" if words[0] in "aeiou" else "a"
        return {
            "module": self.module,
            "Module": _camel(self.module),
            "package": f"taskhub_{self.module}",
            "distribution": f"taskhub-{self.module.replace('_', '-')}",
            "title": words.capitalize(),
            "tag": f"{words.capitalize()} items",
            "thing": thing,
            "Thing": _camel(thing),
            "THING": thing.upper(),
            "things": f"{thing}s",
            "THINGS": f"{thing.upper()}S",
            "thing_in_words": f"{words} item",
            "things_in_words": f"{words} items",
            "a_thing": f"{article} {words} item",
            "A_thing": f"{article.capitalize()} {words} item",
            "lock_rank": str(self.lock_rank),
            "depends_on": _tuple(self.depends_on),
            "api": _tuple(API_VERSION),
            "version": version("taskhub"),
        }


def new_module(name: str, parent: Path) -> tuple[Path, int]:
    """Writes the skeleton of a module into a new folder with its name. Returns the folder, and how many files are in it.

    Nothing is left where it fails.

    Raises:
        CommandFailed
    """
    installed = installed_modules()
    _check(name, installed)
    folder = parent / name
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise CommandFailed(f"{folder} is there already: choose another name, or run it in another folder.")
    rendered = dict(render(_names(name, installed)))
    try:
        _write(rendered, folder)
    except OSError as error:
        reason = error.strerror or error
        raise CommandFailed(f"The module can't be written to {folder}: {reason}. Nothing was left there.") from error
    return folder, len(rendered)


def render(names: Names) -> Iterator[tuple[str, str]]:
    """The files of a module: paths in its folder, and their texts."""
    values = names.values
    paths = {"PACKAGE": values["package"], "MODULE": values["module"], "THINGS": values["things"], "THING": values["thing"]}
    for path, template in _templates(files("taskhub.cli") / "module_template"):
        for placeholder, value in paths.items():
            path = path.replace(placeholder, value)  # noqa: PLW2901  # Of each there is one in a path.
        text = _PLACEHOLDER.sub(lambda found: values[found[1]], template.read_text("utf-8"))
        yield path, _with_sorted_imports(text) if path.endswith(".py") else text


def _templates(folder: Traversable, above: str = "") -> Iterator[tuple[str, Traversable]]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_dir():
            yield from _templates(one, f"{above}{one.name}/")
        elif one.name.endswith(_SUFFIX):
            name = one.name.removesuffix(_SUFFIX)
            yield f"{above}{'.gitignore' if name == 'gitignore' else name}", one


def _check(name: str, installed: Modules) -> None:
    if not _NAME.fullmatch(name) or len(name) > MAX_LENGTH:
        raise CommandFailed(
            f"{name!r} can't be the name of a module. Names begin with a letter and have up to {MAX_LENGTH} lower case letters, "
            "digits, and single underscores between them, such as time_tracking."
        )
    if name in _RESERVED or any(module.name == name for module in installed):
        raise CommandFailed(f"There is a module {name} already: choose another name.")
    if find_spec(f"taskhub_{name}") is not None:
        raise CommandFailed(f"There is a package taskhub_{name} already: choose another name, or uninstall it.")


def _names(name: str, installed: Modules) -> Names:
    ranks = [mapping.lock_rank for module in installed for mapping in module.mappings]
    rank = max([100, *ranks]) // RANK_STEP * RANK_STEP + RANK_STEP
    heads = installed.revisions.heads
    return Names(name, rank, tuple(heads[branch] for branch in (KERNEL, *REQUIRES) if branch in heads))


def _write(rendered: dict[str, str], folder: Path) -> None:
    """Under another name first, so that there is all of it or nothing."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as draft:
        for path, text in rendered.items():
            file = Path(draft) / folder.name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
        if folder.exists():
            folder.rmdir()
        (Path(draft) / folder.name).rename(folder)


def _with_sorted_imports(text: str) -> str:
    """Where an import stands among others depends on the name of the module."""
    lines = text.splitlines(keepends=True)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _IMPORT.match(lines[end]):
            end += 1
        lines[start:end] = sorted(map(_with_sorted_names, lines[start:end]), key=lambda line: line.split()[1])
        start = end + 1
    return "".join(lines)


def _with_sorted_names(line: str) -> str:
    found = _IMPORT.match(line)
    assert found is not None
    names = sorted(found[2].split(", "), key=lambda name: (not name.isupper(), name[0].islower(), name))
    return f"from {found[1]} import {', '.join(names)}\n"


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _tuple(values: tuple[object, ...]) -> str:
    """As Python code, in the style of ruff."""
    inner = ", ".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
    return f"({inner},)" if len(values) == 1 else f"({inner})"
