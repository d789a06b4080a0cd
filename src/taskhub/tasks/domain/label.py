"""Labels of a workspace, for tasks of all its projects."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.texts import folded, sort_key

STANDARD_COLOR = "#808080"


@dataclass(eq=False)
class Label(Aggregate):
    """``color`` is ``#rrggbb``, in lower case."""

    entity_type: ClassVar[str] = "label"

    workspace_id: UUID
    id: UUID
    name: str
    color: str
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def create(cls, *, workspace_id: UUID, id: UUID, now: datetime, **values: Any) -> "Label":
        """``values``: what a client may set on a label."""
        label = cls(workspace_id=workspace_id, id=id, version=1, created_at=now, updated_at=now, **values)
        label._record("label.created")
        return label

    @classmethod
    def restore(
        cls, *, workspace_id: UUID, id: UUID, version: int, created_at: datetime, now: datetime, **values: Any
    ) -> "Label":
        """A label that was deleted, and is back under its id. ``version``: that of its deletion, which it goes on from."""
        label = cls(workspace_id=workspace_id, id=id, version=version + 1, created_at=created_at, updated_at=now, **values)
        label._record("label.restored")
        return label

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    @property
    def folded_name(self) -> str:
        """The form of the name that is compared. It is unique in the workspace."""
        return folded(self.name)

    @property
    def sort_key(self) -> str:
        return sort_key(self.name)

    def update(self, *, now: datetime, **values: Any) -> None:
        """``values``: those that a client changes of what it may set."""
        self._change("label.updated", now, **values)

    def delete(self, now: datetime) -> None:
        """Records that the label was deleted."""
        self.updated_at = now
        self._record("label.deleted")
