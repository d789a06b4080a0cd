"""A label: what tasks of all projects of a workspace can be marked with."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
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
    def create(cls, *, workspace_id: UUID, id: UUID, name: str, color: str, now: datetime) -> "Label":
        label = cls(workspace_id, id, name, color, 1, now, now)
        label._record("label.created")
        return label

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    @property
    def folded_name(self) -> str:
        """The name as it is compared: no two labels of a workspace have the same."""
        return folded(self.name)

    @property
    def sort_key(self) -> str:
        return sort_key(self.name)

    def update(self, *, name: str, color: str, now: datetime) -> None:
        self._change("label.updated", now, name=name, color=color)

    def delete(self, now: datetime) -> None:
        """Says that the label is gone."""
        self.updated_at = now
        self._record("label.deleted")
