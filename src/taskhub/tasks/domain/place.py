"""Positions in the order of a project, as clients request them."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID


class Side(Enum):
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Place:
    """Directly before or after another task. Without a task: before or after all tasks of the project."""

    side: Side
    of: UUID | None = None


FIRST = Place(Side.BEFORE)
LAST = Place(Side.AFTER)
