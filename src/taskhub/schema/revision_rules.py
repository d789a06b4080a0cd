"""What every revision has to say of itself. It is looked at before anything is migrated, and by the doctor."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskhub.schema.revisions import KERNEL, Branch, Revisions, WrongRevisions, branch_of, described

_NAMES = ("revision", "down_revision", "branch_labels", "depends_on")


@dataclass(frozen=True, slots=True)
class Declared:
    """What stands in the file of a revision. It is read without running it."""

    revision: str | None
    down_revision: str | None
    branch_labels: tuple[str, ...]
    depends_on: tuple[str, ...]


Parents = Mapping[str, tuple[str, ...]]
"""The revisions that each one comes after: the one before in its branch, and those that it depends on."""


def parents_of(revisions: Revisions) -> Parents:
    """Raises:
    WrongRevisions: one of them breaks a rule.
    """
    parents: dict[str, tuple[str, ...]] = {}
    for branch in revisions:
        before: str | None = None
        for revision, file in branch.files.items():
            declared = _declared(file)
            for fault in _faults(revision, before, declared, branch, revisions):
                raise WrongRevisions(f"The revision {revision} of {described(branch.name)} {fault}. It is {file}.")
            parents[revision] = (*([before] if before else []), *declared.depends_on)
            before = revision
    return parents


def _faults(revision: str, before: str | None, declared: Declared, branch: Branch, revisions: Revisions) -> Iterator[str]:
    labels = () if before else (branch.name,)
    if declared.revision != revision:
        yield f"calls itself {declared.revision}, and its file is named for {revision}"
    if declared.down_revision != before:
        yield f"revises {declared.down_revision}, and comes after {before}"
    if declared.branch_labels != labels:
        yield f"has the branch labels {list(declared.branch_labels)}, and should have {list(labels)}"
    if not before and not declared.depends_on and branch.name != KERNEL:
        written_for = revisions.heads.get(KERNEL)
        yield f"depends on nothing: the first one of a module depends on what it was written for, such as {written_for}"
    for other in declared.depends_on:
        yield from _faults_of_dependency(other, branch, revisions)


def _faults_of_dependency(other: str, branch: Branch, revisions: Revisions) -> Iterator[str]:
    owner = branch_of(other)
    if owner is None:
        yield f"depends on {other}, which is no name of a revision"
    elif owner not in (KERNEL, branch.name) and owner not in branch.requires:
        yield f"depends on {other}, but {described(branch.name)} does not require {described(owner)}"
    elif other not in revisions:
        yield f"depends on {other}, which the installed version of {described(owner)} does not have: install a newer one"


def _declared(file: Path) -> Declared:
    """Raises:
    WrongRevisions: what Alembic reads is not written out as constants.
    """
    try:
        found = dict(_constants(ast.parse(file.read_text("utf-8"))))
    except (SyntaxError, ValueError) as error:
        raise WrongRevisions(f"What {file} says of its revision can't be read: {error}.") from error
    return Declared(
        revision=found.get("revision"),
        down_revision=found.get("down_revision"),
        branch_labels=_as_tuple(found.get("branch_labels")),
        depends_on=_as_tuple(found.get("depends_on")),
    )


def _constants(tree: ast.Module) -> Iterator[tuple[str, Any]]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            if isinstance(target, ast.Name) and target.id in _NAMES and node.value is not None:  # type: ignore[attr-defined]  # Only assignments have targets.
                yield target.id, ast.literal_eval(node.value)  # type: ignore[attr-defined]  # As above.


def _as_tuple(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())
