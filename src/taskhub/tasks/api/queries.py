"""The query parameters of reads, and what they ask for."""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.queries import MOST_VALUES, Flag, PageQuery, Query
from taskhub.kernel.api.request import parse_id
from taskhub.kernel.api.types import Id, Instant
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.application.queries import Order, ProjectFilter, ProjectSort, TaskFilter, TaskSort
from taskhub.tasks.domain.priority import Priority

ME, NOBODY = "me", "none"

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _moment(value: str) -> str:
    """A date stands for the instant at which it begins in UTC."""
    if _DATE.fullmatch(value):
        return f"{value}T00:00:00Z"
    if "t" not in value.lower():
        raise PydanticCustomError(
            "instant_parsing", "Expected a date or an instant with an offset, such as 2026-11-20 or 2026-11-20T09:00:00Z."
        )
    return value


def _assignee(value: str) -> str | UUID:
    if value in (ME, NOBODY):
        return value
    try:
        return parse_id(value)
    except NotFound:
        raise PydanticCustomError("uuid_parsing", "Expected a UUID, `me` or `none`.") from None


def _words(value: str) -> str:
    if not any(c.isalnum() for c in value):
        raise PydanticCustomError("no_word", "Expected a word to search for: letters or digits.")
    return value


Moment = Annotated[
    Instant,
    BeforeValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]
Assignee = Annotated[
    UUID | Literal["me", "none"],
    BeforeValidator(_assignee),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "uuid"}, {"enum": [ME, NOBODY]}]}),
]
# A list as default would be copied for each request.
Values: Any = Field(default=(), max_length=MOST_VALUES)
StatusKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Words = Annotated[str, StringConstraints(max_length=200), AfterValidator(_words)]


class TrashQuery(Query):
    """``deleted=true`` finds a thing in the trash as well."""

    deleted: Flag = False


class TaskListQuery(PageQuery):
    ids: list[Id] = Values
    project_id: list[Id] = Values
    status: list[StatusKey] = Values
    status_category: list[Literal["todo", "in_progress", "done", "cancelled"]] = Values
    priority: list[Literal["none", "low", "medium", "high", "urgent"]] = Values
    assignee_id: list[Assignee] = Values
    due_before: Moment | None = None
    due_after: Moment | None = None
    closed: Flag | None = None
    q: Words | None = None
    deleted: Flag = False
    sort: Literal[
        "created_at",
        "-created_at",
        "updated_at",
        "-updated_at",
        "due",
        "-due",
        "priority",
        "-priority",
        "key",
        "-key",
    ] = "-created_at"

    @property
    def order(self) -> Order[TaskSort]:
        return Order(TaskSort(self.sort.removeprefix("-")), self.sort.startswith("-"))

    def chosen(self, caller_id: UUID) -> TaskFilter:
        return TaskFilter(
            ids=tuple(self.ids),
            project_ids=tuple(self.project_id),
            statuses=tuple(self.status),
            status_categories=tuple(self.status_category),
            priorities=tuple(int(Priority.of(key)) for key in self.priority),
            assignee_ids=tuple(id if isinstance(id, UUID) else caller_id for id in self.assignee_id if id != NOBODY),
            unassigned=NOBODY in self.assignee_id,
            due_before=self.due_before,
            due_after=self.due_after,
            closed=self.closed,
            q=self.q,
            deleted=self.deleted,
        )


class ProjectListQuery(PageQuery):
    archived: Flag | None = None
    deleted: Flag = False
    sort: Literal["name", "-name", "key", "-key", "created_at", "-created_at"] = "name"

    @property
    def order(self) -> Order[ProjectSort]:
        return Order(ProjectSort(self.sort.removeprefix("-")), self.sort.startswith("-"))

    @property
    def chosen(self) -> ProjectFilter:
        return ProjectFilter(self.archived, self.deleted)
