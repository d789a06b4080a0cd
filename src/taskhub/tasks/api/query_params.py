"""The query parameters of reads, and their translation to filters and orders."""

from typing import Annotated, Any, Literal
from unicodedata import category
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.as_of import AsOfParams, PastPageParams
from taskhub.kernel.api.pages import Pages
from taskhub.kernel.api.query_params import MAX_VALUES, Flag
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.api.types import TimeZone
from taskhub.kernel.application.pages import PageRequest, Sort, SortOrder
from taskhub.kernel.domain.texts import folded
from taskhub.tasks.api.bodies.types import Category, ExternalKeyText, PriorityKey, StatusKey
from taskhub.tasks.api.identifiers import (
    NONE,
    IdOrNone,
    MemberIdOrMeOrNone,
    ProjectIdOrKey,
    ResolvedIds,
    TaskIdOrKey,
    TaskIdOrKeyOrNone,
)
from taskhub.tasks.api.moments import Moment, instant_of
from taskhub.tasks.application.queries import (
    POSITIONS,
    LabelSort,
    ProjectFilter,
    ProjectSort,
    TaskFilter,
    TaskSort,
)
from taskhub.tasks.domain.moments import DueBound
from taskhub.tasks.domain.priority import Priority


def _words(value: str) -> str:
    if not any(map(_is_searched_for, folded(value))):
        raise PydanticCustomError("no_word", "Expected at least one letter, digit or symbol to search for.")
    return value


def _is_searched_for(c: str) -> bool:
    """Whether a character can be searched for: no white space, control characters, marks or punctuation around words. Unassigned
    characters can be.
    """
    kind = category(c)
    return c in "§¶†‡‰‱" or not (kind[0] in "ZPM" or kind in {"Cc", "Cf"} or c in "^`|~\u02bc\u2212\u2800")


# A list as a default would be copied for each request.
Values: Any = Field(default=(), max_length=MAX_VALUES)
Words = Annotated[str, StringConstraints(max_length=500), AfterValidator(_words)]


def _orders(sorts: type[Sort]) -> dict[str, SortOrder[Sort]]:
    """Orders by what `sort` says; a minus turns them around."""
    return {f"{'-' * descending}{sort.value}": SortOrder(sort, descending) for sort in sorts for descending in (False, True)}


_TASK_ORDERS, _PROJECT_ORDERS, _LABEL_ORDERS = _orders(TaskSort), _orders(ProjectSort), _orders(LabelSort)


class TrashParams(AsOfParams):
    """``deleted=true`` finds resources in the trash as well."""

    deleted: Flag = False


MOMENTS = frozenset({"due_before", "due_after", "created_before", "created_after", "updated_before", "updated_after"})
_EVERYTHING = TaskFilter()
_NO_FILTERS = frozenset({*PastPageParams.model_fields, "sort"})


class TaskListParams(PastPageParams):
    ids: list[TaskIdOrKey] = Values
    project_id: list[ProjectIdOrKey] = Values
    status: list[StatusKey] = Values
    not_status: list[StatusKey] = Values
    status_category: list[Category] = Values
    priority: list[PriorityKey] = Values
    not_priority: list[PriorityKey] = Values
    assignee_id: list[MemberIdOrMeOrNone] = Values
    not_assignee_id: list[MemberIdOrMeOrNone] = Values
    label_id: list[IdOrNone] = Values
    not_label_id: list[IdOrNone] = Values
    parent_id: list[TaskIdOrKeyOrNone] = Values
    blocked: Flag | None = None
    blocks: list[TaskIdOrKey] = Values
    external_key: list[ExternalKeyText] = Values
    due_before: Moment | None = None
    due_after: Moment | None = None
    created_before: Moment | None = None
    created_after: Moment | None = None
    updated_before: Moment | None = None
    updated_after: Moment | None = None
    time_zone: TimeZone | None = None
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
    def order(self) -> SortOrder[TaskSort]:
        return _TASK_ORDERS[self.sort]

    @property
    def depends_on_zone(self) -> bool:
        """Whether the list depends on a time zone that the request does not contain."""
        return self.time_zone is None and not MOMENTS.isdisjoint(self.model_fields_set)

    def bounds(self, default_zone: str) -> tuple[Any, ...]:
        """What dates and times in filters stand for."""
        zone = ZoneInfo(self.time_zone or default_zone)
        due = [None if bound is None else DueBound.of(bound, zone) for bound in (self.due_before, self.due_after)]
        others = (self.created_before, self.created_after, self.updated_before, self.updated_after)
        return (zone.key, *due, *(instant_of(bound, zone) for bound in others))

    @property
    def names(self) -> tuple[Any, ...]:
        """All ids or keys of projects and tasks in the parameters."""
        return (*self.ids, *self.project_id, *self.parent_id, *self.blocks)

    def filters(self, names: ResolvedIds, default_zone: str) -> TaskFilter:
        if self.model_fields_set <= _NO_FILTERS:
            return _EVERYTHING
        zone = ZoneInfo(self.time_zone or default_zone)
        return TaskFilter(
            ids=names.ids(self.ids),
            project_ids=names.ids(self.project_id),
            statuses=tuple(self.status),
            not_statuses=tuple(self.not_status),
            status_categories=tuple(self.status_category),
            priorities=_priorities(self.priority),
            not_priorities=_priorities(self.not_priority),
            assignee_ids=names.ids(self.assignee_id),
            unassigned=NONE in self.assignee_id,
            not_assignee_ids=names.ids(self.not_assignee_id),
            assigned=NONE in self.not_assignee_id,
            label_ids=names.ids(self.label_id),
            unlabelled=NONE in self.label_id,
            not_label_ids=names.ids(self.not_label_id),
            labelled=NONE in self.not_label_id,
            parent_ids=names.ids(self.parent_id),
            top_level=NONE in self.parent_id,
            blocked=self.blocked,
            blocks=names.ids(self.blocks),
            external_keys=tuple(self.external_key),
            due_before=None if self.due_before is None else DueBound.of(self.due_before, zone),
            due_after=None if self.due_after is None else DueBound.of(self.due_after, zone),
            created_before=instant_of(self.created_before, zone),
            created_after=instant_of(self.created_after, zone),
            updated_before=instant_of(self.updated_before, zone),
            updated_after=instant_of(self.updated_after, zone),
            closed=self.closed,
            q=self.q,
            deleted=self.deleted,
        )


def _priorities(keys: list[PriorityKey]) -> tuple[int, ...]:
    return tuple(int(Priority.of(key)) for key in keys)


class ProjectListParams(PastPageParams):
    archived: Flag | None = None
    deleted: Flag = False
    sort: Literal["name", "-name", "key", "-key", "created_at", "-created_at"] = "name"

    @property
    def order(self) -> SortOrder[ProjectSort]:
        return _PROJECT_ORDERS[self.sort]

    @property
    def filters(self) -> ProjectFilter:
        return ProjectFilter(self.archived, self.deleted)


class LabelListParams(PastPageParams):
    sort: Literal["name", "-name", "created_at", "-created_at"] = "name"

    @property
    def order(self) -> SortOrder[LabelSort]:
        return _LABEL_ORDERS[self.sort]


_PAGES = Pages(POSITIONS)
page_of = _PAGES.of


def task_page_of(request: ApiRequest, query: TaskListParams) -> tuple[PageRequest[TaskSort], str]:
    """The requested page of a list of tasks, and its time zone. If a list uses the time zone of the workspace, its cursors
    contain it, so that all pages use the same one even if that of the workspace changes. The first page has today's.

    Raises:
        InvalidCursor
    """
    raw, zone = request.position(), request.grant.time_zone
    if raw is not None and query.depends_on_zone:
        *raw, zone = raw
    return PageRequest(query.order, query.limit, _PAGES.position(query.order, raw)), zone
