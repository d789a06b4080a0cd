"""Changes as clients see them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class ChangeView(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a workspace's log. ``commit`` is the ``seq`` of the first event of the same command."""

    seq: int
    id: UUID
    cursor: str
    commit: int
    type: str
    entity_type: str
    entity_id: UUID
    entity_version: int
    actor_id: UUID | None
    request_id: str | None
    occurred_at: datetime
    changes: dict[str, Any]
    snapshot: dict[str, Any] | None


class ChangePage(msgspec.Struct, frozen=True):
    """Some changes, oldest first. ``next_cursor`` is where to go on, whether or not there is anything yet."""

    items: list[ChangeView]
    next_cursor: str
    has_more: bool
