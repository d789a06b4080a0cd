"""Priorities of tasks."""

from enum import IntEnum


class Priority(IntEnum):
    """Sorted by urgency. The API shows the name in lower case."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    URGENT = 4

    @property
    def key(self) -> str:
        return self.name.lower()

    @classmethod
    def of(cls, key: str) -> "Priority":
        return cls[key.upper()]
