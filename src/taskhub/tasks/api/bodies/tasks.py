"""The bodies of task requests, and the commands that they become."""

from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.bodies import Body, Patch
from taskhub.kernel.api.types import Day, Markdown, NewId, TimeZone, Title
from taskhub.kernel.application.versions import PutConditions
from taskhub.kernel.contract.ids import new_id
from taskhub.kernel.domain.errors import Fault, ValidationFailed
from taskhub.tasks.api.bodies.types import AssigneeIds, BlockerIds, ExternalKeys, LabelIds, PriorityKey, StatusKey, WallTime
from taskhub.tasks.api.identifiers import ProjectIdOrKey, ResolvedIds, TaskIdOrKey
from taskhub.tasks.application.tasks.create_task import CreateTask
from taskhub.tasks.application.tasks.put_task import PutTask
from taskhub.tasks.contract.references import ExternalKey
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.task import MAX_EXTERNAL_KEYS, PEOPLE


class DueBody(Body):
    """A date (an all-day task), or a date with a local time and its time zone. `time` and `time_zone` are given together or not
    at all.
    """

    date: Day
    time: WallTime | None = None
    time_zone: TimeZone | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.time is None) != (self.time_zone is None):
            raise PydanticCustomError(
                "incomplete_due", "Expected both `time` and `time_zone`, or neither of them for an all-day task."
            )
        try:
            if self.time is not None:
                self.due()
        except OverflowError:
            raise PydanticCustomError("out_of_range", "Expected a time in the years 1 to 9999.") from None
        return self

    def due(self) -> Due:
        if self.time is None or self.time_zone is None:
            return Due(self.date)
        return Due.at_time(self.date, self.time, self.time_zone)


class TaskContent(Body):
    """The fields of a task that a client can set."""

    title: Title = ""
    description: Markdown | None = None
    status: StatusKey = ""
    priority: PriorityKey = "none"
    assignee_ids: AssigneeIds = ()
    label_ids: LabelIds = ()
    parent_id: TaskIdOrKey | None = None
    blocked_by_ids: BlockerIds = ()
    external_keys: ExternalKeys = ()
    due: DueBody | None = None

    @property
    def names(self) -> tuple[Any, ...]:
        """All ids or keys of projects and tasks in the body."""
        return (self.parent_id, *self.blocked_by_ids)

    def values(self, names: ResolvedIds) -> dict[str, Any]:
        """The fields of `Content` that the body contains."""
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
_LISTS = frozenset({*PEOPLE, "blocked_by_ids"})


class NewTask(TaskContent):
    """A new task. Without `status` it gets the first status of its project."""

    id: NewId = Field(default_factory=new_id)
    project_id: ProjectIdOrKey
    title: Title

    @property
    def names(self) -> tuple[Any, ...]:
        return (self.project_id, *super().names)

    def command(self, workspace_id: UUID, actor_id: UUID, names: ResolvedIds) -> CreateTask:
        return CreateTask(workspace_id, self.id, names.id(self.project_id), self.values(names), actor_id)

    def put_command(self, creation: CreateTask, key: ExternalKey, conditions: PutConditions) -> PutTask:
        """Raises:
        ValidationFailed: with the key in the path these are too many external keys.
        """
        if len({*self.external_keys, key.text}) > MAX_EXTERNAL_KEYS:
            message = f"Expected up to {MAX_EXTERNAL_KEYS} external keys, with that in the path."
            raise ValidationFailed(Fault("too_long", message, pointer="/external_keys"))
        return PutTask(key, creation, conditions, "id" in self.model_fields_set)


class TaskPatch(TaskContent, Patch):
    """A merge patch: a field that is absent stays as it is."""
