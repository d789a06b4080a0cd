"""The bodies of task requests, and the commands that they become."""

from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.types import Day, Markdown, NewId, TimeZone, Title
from taskhub.kernel.contract.ids import new_id
from taskhub.tasks.api.bodies.types import AssigneeIds, BlockerIds, LabelIds, PriorityKey, StatusKey, WallTime
from taskhub.tasks.api.identifiers import ProjectIdOrKey, ResolvedIds, TaskIdOrKey
from taskhub.tasks.application.tasks.create_task import CreateTask
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.priority import Priority


class DueBody(Body):
    """A day, or a wall time in a time zone: `time` and `time_zone` are given together or not at all."""

    date: Day
    time: WallTime | None = None
    time_zone: TimeZone | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.time is None) != (self.time_zone is None):
            raise PydanticCustomError("incomplete_due", "`time` and `time_zone` are given together, or neither for a whole day.")
        try:
            self.due()
        except OverflowError:
            raise PydanticCustomError("out_of_range", "Expected an instant in the years 1 to 9999.") from None
        return self

    def due(self) -> Due:
        if self.time is None or self.time_zone is None:
            return Due(self.date)
        return Due.at_time(self.date, self.time, self.time_zone)


class TaskContent(Body):
    """What a client may set on a task."""

    title: Title = ""
    description: Markdown | None = None
    status: StatusKey = ""
    priority: PriorityKey = "none"
    assignee_ids: AssigneeIds = ()
    label_ids: LabelIds = ()
    parent_id: TaskIdOrKey | None = None
    blocked_by_ids: BlockerIds = ()
    due: DueBody | None = None

    @property
    def names(self) -> tuple[Any, ...]:
        """All that may be keys."""
        return (self.parent_id, *self.blocked_by_ids)

    def values(self, names: ResolvedIds) -> dict[str, Any]:
        """The members of `Content` that are given."""
        values: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set & _CONTENT}
        if self.parent_id is not None:
            values["parent_id"] = names.id(self.parent_id)
        for name in _LISTS:
            if name in values:
                values[name] = names.ids(values[name])
        if "priority" in values:
            values["priority"] = Priority.of(self.priority)
        if self.due is not None:
            values["due"] = self.due.due()
        return values


_CONTENT = frozenset(TaskContent.model_fields)
_LISTS = frozenset({"assignee_ids", "blocked_by_ids"})


class NewTask(TaskContent):
    """A new task begins at the first status of its project, unless it names another."""

    id: NewId = Field(default_factory=new_id)
    project_id: ProjectIdOrKey
    title: Title

    @property
    def names(self) -> tuple[Any, ...]:
        return (self.project_id, *super().names)

    def command(self, workspace_id: UUID, actor_id: UUID, names: ResolvedIds) -> CreateTask:
        return CreateTask(workspace_id, self.id, names.id(self.project_id), self.values(names), actor_id)


class TaskPatch(TaskContent, Patch):
    """A merge patch: a member that is missing stays as it is."""
