"""What the measured requests send; the service takes more."""

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

import msgspec

MAX_ITEMS = 500


class NewTask(msgspec.Struct, forbid_unknown_fields=True):
    project_id: UUID
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    description: Annotated[str, msgspec.Meta(max_length=100_000)] | None = None


class NewTasks(msgspec.Struct, forbid_unknown_fields=True):
    items: Annotated[list[NewTask], msgspec.Meta(min_length=1, max_length=MAX_ITEMS)]


class TaskPatch(msgspec.Struct, forbid_unknown_fields=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | msgspec.UnsetType = msgspec.UNSET
    description: Annotated[str, msgspec.Meta(max_length=100_000)] | msgspec.UnsetType | None = msgspec.UNSET

    def changes(self) -> dict[str, Any]:
        given = {"title": self.title, "description": self.description}
        return {name: value for name, value in given.items() if value is not msgspec.UNSET}


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """Right before or right after another task."""

    before: UUID | msgspec.UnsetType = msgspec.UNSET
    after: UUID | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        if (self.before is msgspec.UNSET) == (self.after is msgspec.UNSET):
            raise ValueError("expected one of before and after")

    def place(self) -> tuple[bool, UUID]:
        """Whether it is before, and before or after what."""
        if isinstance(self.before, UUID):
            return True, self.before
        assert isinstance(self.after, UUID)
        return False, self.after


class Day(msgspec.Struct, forbid_unknown_fields=True):
    date: dt.date


class Postponement(msgspec.Struct, forbid_unknown_fields=True):
    due: Day


class TaskChange(msgspec.Struct, forbid_unknown_fields=True):
    id: UUID
    patch: Postponement


class TaskChanges(msgspec.Struct, forbid_unknown_fields=True):
    items: Annotated[list[TaskChange], msgspec.Meta(min_length=1, max_length=MAX_ITEMS)]

    def dates(self) -> dict[UUID, dt.date]:
        return {item.id: item.patch.due.date for item in self.items}


class NewComment(msgspec.Struct, forbid_unknown_fields=True):
    body: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]


read_new_task = msgspec.json.Decoder(NewTask).decode
read_new_tasks = msgspec.json.Decoder(NewTasks).decode
read_patch = msgspec.json.Decoder(TaskPatch).decode
read_move = msgspec.json.Decoder(Move).decode
read_changes = msgspec.json.Decoder(TaskChanges).decode
read_comment = msgspec.json.Decoder(NewComment).decode
