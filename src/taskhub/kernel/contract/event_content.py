"""What an event holds beside what all events have in common."""

from typing import Any, ClassVar, Self

import msgspec

from taskhub.kernel.contract.events import Event

SCHEMA = 1
"""The form that the content of events has today."""


class EventContent(msgspec.Struct, frozen=True):
    """The content of an event. A module derives one for each type that it appends, and lists them all as its events.

    Attributes:
        schema: the version of its form.
        summary: what happened, for the reference.
        changes: the members that changed, each with its values before and after; None instead where those were taken out of the
            log since, or never were in it.
        snapshot: the whole representation after the change; None where the thing is gone for good, or its values are not logged.
    """

    schema: ClassVar[int] = SCHEMA
    summary: ClassVar[str] = ""

    changes: Any
    snapshot: Any

    @classmethod
    def of(cls, event: Event) -> Self:
        """As it stands in the log. Nothing is checked: a process of another version may have appended it."""
        return cls(event.changes, event.snapshot)

    def change(self, name: str) -> tuple[Any, Any] | None:
        """The values of a member before and after; None where it did not change, or the log has its values no more."""
        changes = self.changes if isinstance(self.changes, dict) else msgspec.structs.asdict(self.changes)
        values = changes.get(name, msgspec.UNSET)
        return None if values is msgspec.UNSET or values is None else (values[0], values[1])
