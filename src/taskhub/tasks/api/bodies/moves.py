"""The body of a move."""

from typing import Any, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.bodies import Body
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.api.bodies.types import StatusKey
from taskhub.tasks.api.identifiers import ProjectIdOrKey, ResolvedIds, TaskIdOrKey
from taskhub.tasks.application.ports import TaskRef
from taskhub.tasks.application.tasks.move_task import MoveTask
from taskhub.tasks.domain.place import FIRST, LAST, Place, Side

_PLACES = frozenset({"before", "after", "to"})
_VALUES = frozenset({"status", "parent_id"})
_NOBODY = UUID(int=0)


class Move(Body):
    """Where a task is to stand: exactly one of `before`, `after` and `to`. What else is missing stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "first"}]})

    before: TaskIdOrKey = _NOBODY
    after: TaskIdOrKey = _NOBODY
    to: Literal["first", "last"] = "last"
    status: StatusKey = ""
    parent_id: TaskIdOrKey | None = None
    project_id: ProjectIdOrKey = _NOBODY

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if len(self.model_fields_set & _PLACES) != 1:
            raise PydanticCustomError("one_place", "Expected exactly one of `before`, `after` and `to`.")
        return self

    @property
    def names(self) -> tuple[Any, ...]:
        """All that may be keys."""
        return (self.before, self.after, self.parent_id, self.project_id)

    def command(self, workspace_id: UUID, task: TaskRef, expected: Expected, names: ResolvedIds) -> MoveTask:
        given = self.model_fields_set
        values = {name: getattr(self, name) for name in given & _VALUES}
        if self.parent_id is not None:
            values["parent_id"] = names.id(self.parent_id)
        return MoveTask(
            workspace_id=workspace_id,
            task=task,
            place=self._place(names),
            project_id=names.id(self.project_id) if "project_id" in given else None,
            values=values,
            expected=expected,
        )

    def _place(self, names: ResolvedIds) -> Place:
        if "to" in self.model_fields_set:
            return FIRST if self.to == "first" else LAST
        side, beside = (Side.BEFORE, self.before) if "before" in self.model_fields_set else (Side.AFTER, self.after)
        return Place(side, names.id(beside))
