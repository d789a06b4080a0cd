"""The query parameters of reads, and what they ask for."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.problems import InvalidCursor
from taskhub.kernel.api.queries import MOST_VALUES, Flag, PageQuery, Query
from taskhub.kernel.api.request import ApiRequest, parse_id
from taskhub.kernel.api.types import Id, Instant
from taskhub.kernel.domain.errors import NotFound
from taskhub.tasks.api.bodies.kinds import Category, PriorityKey, StatusKey
from taskhub.tasks.application.queries import (
    POSITIONS,
    LabelSort,
    Order,
    PageRequest,
    Position,
    ProjectFilter,
    ProjectSort,
    Sort,
    TaskFilter,
    TaskSort,
)
from taskhub.tasks.domain.priority import Priority

ME, NONE = "me", "none"

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def _moment(value: str) -> str:
    """A date stands for the instant at which it begins in UTC."""
    if _DATE.fullmatch(value):
        return f"{value}T00:00:00Z"
    if "t" not in value.lower():
        raise PydanticCustomError(
            "wrong_format", "Expected a date or an instant with an offset, such as 2026-11-20 or 2026-11-20T09:00:00Z."
        )
    return value


def _id_or(*words: str) -> Callable[[str], str | UUID]:
    """An id, or one of some words that stand for something."""
    expected = " or ".join(["a UUID", *(f"`{word}`" for word in words)])

    def read(value: str) -> str | UUID:
        if value in words:
            return value
        try:
            return parse_id(value)
        except NotFound:
            raise PydanticCustomError("wrong_format", "Expected {expected}.", {"expected": expected}) from None

    return read


def _id_schema(*words: str) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "string", "format": "uuid"}, {"enum": [*words]}]})


def _words(value: str) -> str:
    if not any(c.isalnum() for c in value):
        raise PydanticCustomError("no_word", "Expected a word to search for: letters or digits.")
    return value


Moment = Annotated[
    Instant,
    BeforeValidator(_moment),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]
Assignee = Annotated[UUID | Literal["me", "none"], BeforeValidator(_id_or(ME, NONE)), _id_schema(ME, NONE)]
IdOrNone = Annotated[UUID | Literal["none"], BeforeValidator(_id_or(NONE)), _id_schema(NONE)]
# A list as default would be copied for each request.
Values: Any = Field(default=(), max_length=MOST_VALUES)
Words = Annotated[str, StringConstraints(max_length=200), AfterValidator(_words)]


def _orders(sorts: type[Sort]) -> dict[str, Order[Sort]]:
    """Orders by what `sort` says; a minus turns them around."""
    return {f"{'-' * descending}{sort.value}": Order(sort, descending) for sort in sorts for descending in (False, True)}


_TASK_ORDERS, _PROJECT_ORDERS, _LABEL_ORDERS = _orders(TaskSort), _orders(ProjectSort), _orders(LabelSort)


class TrashQuery(Query):
    """``deleted=true`` finds a thing in the trash as well."""

    deleted: Flag = False


class TaskListQuery(PageQuery):
    ids: list[Id] = Values
    project_id: list[Id] = Values
    status: list[StatusKey] = Values
    status_category: list[Category] = Values
    priority: list[PriorityKey] = Values
    assignee_id: list[Assignee] = Values
    label_id: list[IdOrNone] = Values
    parent_id: list[IdOrNone] = Values
    blocked: Flag | None = None
    blocks: list[Id] = Values
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
        "rank",
        "-rank",
    ] = "-created_at"

    @property
    def order(self) -> Order[TaskSort]:
        return _TASK_ORDERS[self.sort]

    def chosen(self, caller_id: UUID) -> TaskFilter:
        return TaskFilter(
            ids=tuple(self.ids),
            project_ids=tuple(self.project_id),
            statuses=tuple(self.status),
            status_categories=tuple(self.status_category),
            priorities=tuple(int(Priority.of(key)) for key in self.priority),
            assignee_ids=tuple(id if isinstance(id, UUID) else caller_id for id in self.assignee_id if id != NONE),
            unassigned=NONE in self.assignee_id,
            label_ids=_ids(self.label_id),
            unlabelled=NONE in self.label_id,
            parent_ids=_ids(self.parent_id),
            top_level=NONE in self.parent_id,
            blocked=self.blocked,
            blocks=tuple(self.blocks),
            due_before=self.due_before,
            due_after=self.due_after,
            closed=self.closed,
            q=self.q,
            deleted=self.deleted,
        )


def _ids(values: list[UUID | Literal["none"]]) -> tuple[UUID, ...]:
    return tuple(value for value in values if isinstance(value, UUID))


class ProjectListQuery(PageQuery):
    archived: Flag | None = None
    deleted: Flag = False
    sort: Literal["name", "-name", "key", "-key", "created_at", "-created_at"] = "name"

    @property
    def order(self) -> Order[ProjectSort]:
        return _PROJECT_ORDERS[self.sort]

    @property
    def chosen(self) -> ProjectFilter:
        return ProjectFilter(self.archived, self.deleted)


class LabelListQuery(PageQuery):
    sort: Literal["name", "-name", "created_at", "-created_at"] = "name"

    @property
    def order(self) -> Order[LabelSort]:
        return _LABEL_ORDERS[self.sort]


def page_of(request: ApiRequest, query: PageQuery, order: Order[Sort]) -> PageRequest[Sort]:
    """Which part of a list is asked for.

    Raises:
        InvalidCursor
    """
    position: Position | None = None
    if (raw := request.position()) is not None:
        try:
            position = msgspec.convert(raw, POSITIONS[order.sort])
        except msgspec.ValidationError:
            raise InvalidCursor from None
    return PageRequest(order, query.limit, position)
