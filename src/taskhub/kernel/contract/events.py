"""Events as other modules read them from the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


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


WORKSPACE_PURGED = "workspace.purged"
"""The last event of a workspace's log: it is gone for good, and nothing can bring it back. It may be told more than once.

Every event of the log has lost its values by then. What a module still has of the workspace is removed by its `empty`.
"""
