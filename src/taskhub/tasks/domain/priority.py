"""How urgent a task is."""

from enum import IntEnum


class Priority(IntEnum):
    """In order of urgency; the name, in lower case, is what clients see."""

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
