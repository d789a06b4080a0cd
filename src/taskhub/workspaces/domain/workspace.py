"""Workspaces: the tenants of the service."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from taskhub.kernel.contract.events import WORKSPACE_PURGED
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.workspaces.contract.events import WORKSPACE_DELETED, WORKSPACE_RESTORED, WORKSPACE_UPDATED

RESTORABLE = timedelta(days=30)
"""How long a deleted workspace is kept."""


@dataclass(eq=False)
class Workspace(Aggregate):
    """``time_zone`` is an IANA name."""

    entity_type: ClassVar[str] = "workspace"

    id: UUID
    name: str
    time_zone: str
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    @classmethod
    def create(cls, *, id: UUID, name: str, time_zone: str, now: datetime) -> "Workspace":
        workspace = cls(id, name, time_zone, 1, now, now, None)
        workspace._record("workspace.created")
        return workspace

    @property
    def stream_id(self) -> UUID:
        return self.id

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    def is_restorable(self, now: datetime) -> bool:
        return self.deleted_at is not None and now - self.deleted_at <= RESTORABLE

    def change(self, *, name: str, time_zone: str, now: datetime) -> None:
        self._change(WORKSPACE_UPDATED, now, name=name, time_zone=time_zone)

    def delete(self, now: datetime) -> None:
        self._change(WORKSPACE_DELETED, now, deleted_at=now)

    def restore(self, now: datetime) -> None:
        self._change(WORKSPACE_RESTORED, now, deleted_at=None)

    def purge(self, now: datetime) -> None:
        """Deletes the workspace permanently. The caller has to delete the row."""
        self.updated_at = now
        self._record(WORKSPACE_PURGED)
