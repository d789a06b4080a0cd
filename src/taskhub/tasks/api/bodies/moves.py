"""The body of a move."""

from typing import Literal, Self
from uuid import UUID

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.bodies import Body
from taskhub.kernel.api.types import Id
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.api.bodies.kinds import StatusKey, optional
from taskhub.tasks.application.move_task import MoveTask
from taskhub.tasks.application.ports import TaskRef
from taskhub.tasks.domain.place import FIRST, LAST, Place, Side

_PLACES = frozenset({"before", "after", "to"})
_VALUES = frozenset({"status", "parent_id"})
_NOBODY = UUID(int=0)


class Move(Body):
    """Where a task is to stand: exactly one of `before`, `after` and `to`. What else is missing stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": "first"}]})

    before: Id = optional(_NOBODY)
    after: Id = optional(_NOBODY)
    to: Literal["first", "last"] = optional("last")
    status: StatusKey = optional("")
    parent_id: Id | None = optional(None)
    project_id: Id = optional(_NOBODY)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if len(self.model_fields_set & _PLACES) != 1:
            raise PydanticCustomError("one_place", "Expected exactly one of `before`, `after` and `to`.")
        return self

    def command(self, workspace_id: UUID, task: TaskRef, expected: Expected) -> MoveTask:
        given = self.model_fields_set
        return MoveTask(
            workspace_id=workspace_id,
            task=task,
            place=self._place(),
            project_id=self.project_id if "project_id" in given else None,
            values={name: getattr(self, name) for name in given & _VALUES},
            expected=expected,
        )

    def _place(self) -> Place:
        if "to" in self.model_fields_set:
            return FIRST if self.to == "first" else LAST
        return Place(Side.BEFORE, self.before) if "before" in self.model_fields_set else Place(Side.AFTER, self.after)
