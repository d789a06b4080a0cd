"""Events as other modules read them from the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


@dataclass(frozen=True, slots=True)
class Event:
    """One committed change of one thing.

    ``stream_id`` is the workspace it happened in, or the user for an account's own events. ``seq`` counts 1, 2, 3 … per stream in
    commit order. ``changes`` maps a field to ``[before, after]``; ``snapshot`` is the whole representation after the change, or
    None where the thing is gone for good.
    """

    stream_id: UUID
    seq: int
    id: UUID
    type: str
    entity_type: str
    entity_id: UUID
    entity_version: int
    actor_id: UUID | None
    occurred_at: datetime
    request_id: str | None
    changes: dict[str, Any]
    snapshot: dict[str, Any] | None


class LoggedEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event of a log as it stands there, for those who hand it on: ``changes`` and ``snapshot`` are JSON.

    ``commit`` is the ``seq`` of the first event of the same command.
    """

    seq: int
    id: UUID
    commit: int
    type: str
    entity_type: str
    entity_id: UUID
    entity_version: int
    actor_id: UUID | None
    request_id: str | None
    occurred_at: datetime
    changes: msgspec.Raw
    snapshot: msgspec.Raw | None

    @property
    def size(self) -> int:
        """The bytes of its values."""
        return len(self.changes) + (0 if self.snapshot is None else len(self.snapshot))


WORKSPACE_PURGED = "workspace.purged"
"""The last event of a workspace: it was deleted permanently and can't be restored.

Its members and invitations are deleted, and the values in all events of its log are removed. Modules with other rows of the
workspace say so in `Module.rows`, and delete them in `ModuleContainer.empty`. The event may be delivered more than once.
"""
