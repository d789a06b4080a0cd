"""The revisions of an installation: a branch of each module, and one of TaskHub itself, which was the only one once.

What a revision is called tells whose it is, also where its module is not installed any more: `0010` is of TaskHub itself,
`time_tracking_0002` of the module time_tracking. Its file is called so, too, so that the newest one is known without opening any.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

KERNEL = "kernel"
"""The branch of TaskHub itself: of the kernel's tables, and of all that were there before modules had branches."""
MAX_LENGTH = 32
"""Of a revision in Alembic's table."""

_PACKAGE = Path(__file__).parents[1]
_INSTALLED, _CHECKED_OUT = _PACKAGE / "migrations", _PACKAGE.parents[1] / "migrations"
ENVIRONMENT = _INSTALLED if _INSTALLED.is_dir() else _CHECKED_OUT
"""Alembic's environment: inside the package of a wheel, at the top of a checkout."""

_REVISION = re.compile(r"(?:([a-z][a-z0-9_]*)_)?\d{4}", re.ASCII)
_FILE = re.compile(r"(\w*?\d{4})(?:_\w+)?\.py", re.ASCII)


class WrongRevisions(Exception):
    """The revisions of a module can't be used; the message names it and says why."""


def branch_of(revision: str) -> str | None:
    """The branch that a revision belongs to, installed or not; None where it is none of ours."""
    match = _REVISION.fullmatch(revision)
    return match and (match[1] or KERNEL)


def described(branch: str) -> str:
    return "TaskHub itself" if branch == KERNEL else f"the module {branch}"


@dataclass(frozen=True, slots=True)
class Branch:
    """The revisions of one module.

    Attributes:
        name: of the module. It is the branch's label in Alembic, too.
        files: by revision, in their order.
        requires: the modules whose revisions these may depend on.
    """

    name: str
    folder: Path
    files: Mapping[str, Path]
    requires: frozenset[str] = frozenset()

    @property
    def head(self) -> str | None:
        """The newest one, None where there is none yet."""
        return next(reversed([*self.files]), None)

    @classmethod
    def read(cls, name: str, folder: Path, requires: frozenset[str] = frozenset()) -> "Branch":
        """Raises:
        WrongRevisions: there is no such folder, or a file in it is not called as revisions of this branch are.
        """
        if not folder.is_dir():
            raise WrongRevisions(f"The folder with the revisions of {described(name)} is not there: {folder}.")
        files: dict[str, Path] = {}
        for file in sorted(folder.glob("[!._]*.py")):
            revision = _revision_of(file, name)
            other = files.setdefault(revision, file)
            if other is not file:
                raise WrongRevisions(f"Two revisions of {described(name)} are called {revision}: {other} and {file}.")
        return cls(name, folder, files, requires)


@dataclass(frozen=True)
class Revisions:
    """All branches of an installation, each after those that it may depend on."""

    branches: tuple[Branch, ...]
    _known: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", frozenset(revision for branch in self.branches for revision in branch.files))

    @classmethod
    def of(cls, modules: Iterable[Branch]) -> "Revisions":
        """Those of TaskHub itself, and of these modules."""
        return cls((Branch.read(KERNEL, ENVIRONMENT / "versions"), *modules))

    def __iter__(self) -> Iterator[Branch]:
        return iter(self.branches)

    def __contains__(self, revision: str) -> bool:
        return revision in self._known

    @property
    def names(self) -> frozenset[str]:
        return frozenset(branch.name for branch in self.branches)

    @property
    def heads(self) -> Mapping[str, str]:
        """The newest revision of each branch that has any, by its name."""
        return {branch.name: branch.head for branch in self.branches if branch.head is not None}


def _revision_of(file: Path, name: str) -> str:
    match = _FILE.fullmatch(file.name)
    owner = match and branch_of(match[1])
    wanted = "0001" if name == KERNEL else f"{name}_0001"
    if not match or owner is None:
        raise WrongRevisions(f"The file {file} has no name of a revision of {described(name)}, such as {wanted}_tables.py.")
    if owner != name:
        raise WrongRevisions(
            f"The revision {match[1]} in the folder of {described(name)} has a name of {described(owner)}: "
            f"those of {described(name)} are called {wanted} and so on. It is {file}."
        )
    if len(match[1]) > MAX_LENGTH:
        raise WrongRevisions(f"The revision {match[1]} of {described(name)} has a longer name than {MAX_LENGTH} characters.")
    return match[1]
