"""The time, as a collaborator: use cases ask for it, tests set it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current instant, in UTC."""


def system_clock() -> datetime:
    return datetime.now(UTC)
