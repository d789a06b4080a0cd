"""The base of everything that is loaded, changed and stored as one whole."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID


class Aggregate:
    """A consistency boundary under one version number.

    Mutators go through `_change`, so that a change that changes nothing leaves no trace: no event, no new version, no new
    `updated_at`.

    Attributes:
        event: the type of the event to append at commit, or None when nothing happened.
    """

    entity_type: ClassVar[str]

    id: UUID
    version: int
    updated_at: datetime
    event: str | None = None

    @property
    def stream_id(self) -> UUID:
        """The log that this thing's events belong to."""
        raise NotImplementedError

    def _record(self, event: str) -> None:
        self.event = event

    def _change(self, event: str, now: datetime, **fields: Any) -> None:
        changed = {name: value for name, value in fields.items() if getattr(self, name) != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(self, name, value)
        self.updated_at = now
        self._record(event)
