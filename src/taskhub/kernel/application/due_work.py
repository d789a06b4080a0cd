"""Background work that becomes due: what a loop does, and what it has yet to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that is not done yet. ``due_at``: not before then (a failure rests); None where nothing but time is missing."""

    what: str
    due_at: datetime | None = None


@runtime_checkable
class DueWork(Protocol):
    """A loop of the background whose work can be waited for: in tests, after the clock was moved (`taskhub.testing`)."""

    @property
    def name(self) -> str:
        """It begins with the module's name and a dot. No other work or subscriber has it."""

    async def run(self) -> None:
        """Works until cancelled. What cannot be done for now it tries again by itself."""

    async def catch_up(self) -> None:
        """Does what is due by the clock, now. It may be called while `run` works."""

    async def pending(self) -> Sequence[Pending]:
        """What is left to be done, due or not."""
