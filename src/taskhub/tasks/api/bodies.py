"""The bodies of project and task requests, and the commands that they become."""

import datetime as dt
import re
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, Strict, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.bodies import Body
from taskhub.kernel.api.types import Day, Id, Markdown, Name, NewId, TimeZone, Title
from taskhub.kernel.contract.ids import new_id
from taskhub.tasks.application.create_project import CreateProject
from taskhub.tasks.application.create_task import CreateTask
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.domain.status import STATUSES
from taskhub.tasks.domain.task import MOST_ASSIGNEES, Content

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


def _wall_time(value: Any) -> Any:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise PydanticCustomError("time_parsing", "Expected a wall time such as 09:30 or 09:30:00.")
    return value if len(value) > 5 else f"{value}:00"


def _status(value: str) -> str:
    if value not in STATUSES:
        raise PydanticCustomError("unknown_status", "Expected one of: {known}.", {"known": ", ".join(STATUSES)})
    return value


def _assignees(value: list[UUID]) -> list[UUID]:
    return sorted(set(value))


WallTime = Annotated[
    dt.time,
    Strict(strict=False),
    BeforeValidator(_wall_time),
    WithJsonSchema({"type": "string", "pattern": f"^{_TIME.pattern}$", "examples": ["09:30", "09:30:00"]}),
]
ProjectKey = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,9}$")]
Status = Annotated[str, AfterValidator(_status)]
PriorityKey = Literal["none", "low", "medium", "high", "urgent"]
AssigneeIds = Annotated[list[Id], Field(max_length=MOST_ASSIGNEES), AfterValidator(_assignees)]


class NewProject(Body):
    id: NewId = Field(default_factory=new_id)
    key: ProjectKey
    name: Name
    description: Markdown | None = None

    def command(self, workspace_id: UUID, actor_id: UUID) -> CreateProject:
        return CreateProject(workspace_id, self.id, self.key, self.name, self.description, actor_id)


class ProjectPatch(Body):
    name: Name = ""
    description: Markdown | None = None

    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.model_fields_set}


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
            raise PydanticCustomError("instant_range", "Expected an instant in the years 1 to 9999.") from None
        return self

    def due(self) -> Due:
        if self.time is None or self.time_zone is None:
            return Due(self.date)
        return Due.at_time(self.date, self.time, self.time_zone)


class NewTask(Body):
    id: NewId = Field(default_factory=new_id)
    project_id: Id
    title: Title
    description: Markdown | None = None
    status: Status = "todo"
    priority: PriorityKey = "none"
    assignee_ids: AssigneeIds = Field(default_factory=list)
    due: DueBody | None = None

    def command(self, workspace_id: UUID, actor_id: UUID) -> CreateTask:
        content = Content(
            title=self.title,
            description=self.description,
            status=self.status,
            priority=Priority.of(self.priority),
            assignee_ids=tuple(self.assignee_ids),
            due=self.due.due() if self.due else None,
        )
        return CreateTask(workspace_id, self.id, self.project_id, content, actor_id)


class TaskPatch(Body):
    """A merge patch: a member that is missing stays as it is."""

    title: Title = ""
    description: Markdown | None = None
    status: Status = ""
    priority: PriorityKey = "none"
    assignee_ids: AssigneeIds = Field(default_factory=list)
    due: DueBody | None = None

    def changes(self) -> dict[str, Any]:
        """The members of `Content` that the patch replaces."""
        changes: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if "priority" in changes:
            changes["priority"] = Priority.of(self.priority)
        if "assignee_ids" in changes:
            changes["assignee_ids"] = tuple(self.assignee_ids)
        if self.due is not None:
            changes["due"] = self.due.due()
        return changes
