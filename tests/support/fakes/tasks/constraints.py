"""The database's unique constraints, checked in memory."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from taskhub.kernel.domain.errors import IdTaken
from taskhub.tasks.domain.errors import KeyTaken, NameTaken
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.project import Project

_UNIQUE: dict[type, tuple[Callable[[Any], str], type[KeyTaken | NameTaken]]] = {
    Project: (lambda project: project.key, KeyTaken),
    Label: (lambda label: label.folded_name, NameTaken),
}


def refuse(new_ids: Iterable[tuple[UUID, UUID]], used_ids: set[tuple[UUID, UUID]], rows: Iterable[Any]) -> None:
    """Looks at the rows as they would be. Ids come with their workspace.

    Raises:
        IdTaken
        KeyTaken
        NameTaken
    """
    if not used_ids.isdisjoint(new_ids):
        raise IdTaken
    seen = set()
    for row in rows:
        if type(row) in _UNIQUE:
            name_of, error = _UNIQUE[type(row)]
            name = (type(row), row.workspace_id, name_of(row))
            if name in seen:
                raise error
            seen.add(name)
