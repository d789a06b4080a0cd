"""A place in the order of a project, as somebody asks for it."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID


class Side(Enum):
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Place:
    """On one side of another task; of none: before or after all tasks of the project."""

    side: Side
    of: UUID | None = None


FIRST = Place(Side.BEFORE)
LAST = Place(Side.AFTER)
