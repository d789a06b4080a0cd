"""Notes: one small resource with a trash, as the domain, the representation and the row have it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import Index, MetaData, text
from sqlalchemy.orm import Mapped, mapped_column

from taskhub.kernel.application.event_types import event_content, last_event_content
from taskhub.kernel.contract.event_content import EventContent
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.infrastructure.postgres.rows import NAMES, Row, SoftDeleted, Timestamped, Versioned
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping


@dataclass(eq=False)
class Note(Aggregate):
    entity_type: ClassVar[str] = "note"

    workspace_id: UUID
    id: UUID
    heading: str
    weight: int
    pinned: bool
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None

    @classmethod
    def create(cls, *, workspace_id: UUID, id: UUID, now: datetime, heading: str, weight: int = 0) -> "Note":
        note = cls(workspace_id, id, heading, weight, False, 1, now, now, None)
        note._record("note.created")
        return note

    @property
    def stream_id(self) -> UUID:
        return self.workspace_id

    def update(self, now: datetime, **values: Any) -> None:
        self._change("note.updated", now, **values)

    def touch(self, now: datetime) -> None:
        """A fault: says that it was changed, whether it was or not."""
        self.updated_at = now
        self._record("note.updated")

    def trash(self, now: datetime) -> None:
        self._change("note.trashed", now, deleted_at=now)

    def restore(self, now: datetime) -> None:
        self._change("note.restored", now, deleted_at=None)

    def purge(self, now: datetime) -> None:
        self.updated_at = now
        self._record("note.purged")


class NoteView(msgspec.Struct, frozen=True):
    id: UUID
    workspace_id: UUID
    heading: str
    weight: int
    pinned: bool
    version: int
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class _Table(Row):
    """Apart from all others: what is not installed has no place among the tables of this installation."""

    __abstract__ = True
    metadata = MetaData(naming_convention=NAMES)


class NoteRow(Versioned, Timestamped, SoftDeleted, _Table):
    __tablename__ = "notes"
    distributed_by = "workspace_id"
    __table_args__ = (Index("ix_notes_created_at", "workspace_id", "created_at", "id"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    heading: Mapped[str]
    weight: Mapped[int]
    pinned: Mapped[bool] = mapped_column(server_default=text("false"))


NOTES = Mapping(Note, NoteRow, NoteView, key=("workspace_id", "id"), lock_rank=500)
EVENTS: dict[str, type[EventContent]] = {
    "note.created": event_content("A note was written.", NoteView),
    "note.updated": event_content("It was changed.", NoteView),
    "note.trashed": event_content("It went to the trash.", NoteView, only=("deleted_at",)),
    "note.restored": event_content("It came back from the trash.", NoteView, only=("deleted_at",)),
    "note.purged": last_event_content("It is gone for good."),
}
