"""Filters of tasks as SQL: one condition for each that is set."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    DateTime,
    Select,
    SmallInteger,
    Text,
    Uuid,
    all_,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from taskhub.kernel.application.pages import SortOrder
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.pages import Columns
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.tasks.application.queries import TaskFilter, TaskSort
from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.moments import DueBound
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.tasks.infrastructure.rows import ExternalKeyRow
from taskhub.tasks.infrastructure.task_lookup import DIGESTS, WORKSPACE_ID, digest_of

Condition = ColumnElement[bool]
MakeCondition = Callable[[Columns], Condition]

OF_ONE_PROJECT = "project"
_APART = {name: f"{name}_apart" for name in ("updated_before", "updated_after")}
"""The same filters in lists that are not a stretch of their index."""

_projects, _keys = PROJECTS.table.c, table_of(ExternalKeyRow).c
_waiting, _blocker, _blocked = (TASKS.table.alias(name) for name in ("waiting", "blocker", "blocked"))


def _is_one_of(column: str, parameter: str, type_: Any) -> MakeCondition:
    return lambda tasks: tasks[column] == any_(bindparam(parameter, type_=ARRAY(type_)))


def _is_none_of(column: str, parameter: str, type_: Any) -> MakeCondition:
    return lambda tasks: tasks[column] != all_(bindparam(parameter, type_=ARRAY(type_)))


def _overlaps(column: str, parameter: str) -> MakeCondition:
    # As an operator it would be planned for the index of labels and assignees, which has all matches, but not in order.
    return lambda tasks: func.arrayoverlap(tasks[column], bindparam(parameter, type_=ARRAY(Uuid())), type_=Boolean())


def _not(condition: MakeCondition) -> MakeCondition:
    return lambda tasks: not_(condition(tasks))


def _is_due_before(parameter: str) -> MakeCondition:
    """By the one instant of all due dates, whose all-day ones stand where their date ends in UTC. In another time zone that is
    the other side of the bound for at most one date, see `_exception`.
    """
    bound, exception = (bindparam(name, type_=DateTime(timezone=True)) for name in (parameter, _EXCEPTION[parameter]))
    return lambda tasks: (tasks.due_ends_at < bound) != (tasks.due_ends_at == exception)


def _exception(bound: DueBound) -> dt.datetime:
    """The all-day due date that is told wrongly by where it stands: no time zone is further than a day from UTC, so only the last
    one before the bound, or the first one after it, can be.
    """
    if bound.date is None:
        return Due(dt.date.max).ends_at
    if (first := Due(bound.date)).ends_at < bound.instant:
        return first.ends_at
    if bound.date > dt.date.min and (last := Due(bound.date - dt.timedelta(days=1))).ends_at >= bound.instant:
        return last.ends_at
    return _NO_DUE_DATE


_EXCEPTION = {name: f"{name}_except" for name in ("due_before", "due_after")}
_NO_DUE_DATE = dt.datetime(1, 1, 1, microsecond=1, tzinfo=dt.UTC)
"""No due date is this: wall times have no microseconds."""


def _is_before(column: str, parameter: str) -> MakeCondition:
    return lambda tasks: tasks[column] < bindparam(parameter, type_=DateTime(timezone=True))


def _is_from(column: str, parameter: str) -> MakeCondition:
    return lambda tasks: tasks[column] >= bindparam(parameter, type_=DateTime(timezone=True))


def _is_empty(column: str) -> MakeCondition:
    return lambda tasks: func.cardinality(tasks[column]) == 0


def _compares(function: Callable[..., Condition], column: str, parameter: str) -> MakeCondition:
    return lambda tasks: function(tasks[column], bindparam(parameter, type_=DateTime(timezone=True)))


@dataclass(frozen=True, slots=True)
class IdFilter:
    """A filter by ids, and by having none: the members of `TaskFilter` for both.

    ``then``: the column that has them, where the conditions are about rows of today and say nothing of what was.
    """

    ids: str
    none: str
    is_any: MakeCondition
    is_none: MakeCondition
    then: str | None = None

    @property
    def either(self) -> str:
        return f"{self.ids}_or_none"

    @property
    def conditions(self) -> dict[str, MakeCondition]:
        return self._named(self.is_any, self.is_none)

    @property
    def past_conditions(self) -> dict[str, MakeCondition]:
        """Those of them that are others as of a moment."""
        return {} if self.then is None else self._named(_overlaps(self.then, self.ids), _is_empty(self.then))

    def _named(self, is_any: MakeCondition, is_none: MakeCondition) -> dict[str, MakeCondition]:
        either: MakeCondition = lambda tasks: or_(is_any(tasks), is_none(tasks))  # noqa: E731  # As the others are made.
        return {self.ids: is_any, self.none: is_none, self.either: either}

    def name_of(self, filters: TaskFilter) -> str | None:
        """Which of the conditions a filter asks for."""
        if getattr(filters, self.ids):
            return self.either if getattr(filters, self.none) else self.ids
        return self.none if getattr(filters, self.none) else None


_CHOICES = (
    IdFilter("assignee_ids", "unassigned", _overlaps("assignee_ids", "assignee_ids"), _is_empty("assignee_ids")),
    IdFilter("label_ids", "unlabelled", _overlaps("label_ids", "label_ids"), _is_empty("label_ids")),
    IdFilter("parent_ids", "top_level", _is_one_of("parent_id", "parent_ids", Uuid()), lambda tasks: tasks.parent_id.is_(None)),
)


def _waiting_for_open() -> Select[Any]:
    """All tasks of the workspace that are blocked: few, and found by an index of those that wait for any."""
    link = func.unnest(_waiting.c.blocked_by_ids).table_valued(column("id", Uuid()), name="link").render_derived()
    return (
        select(_waiting.c.id)
        .select_from(_waiting.join(link, true()).join(_blocker, _blocker.c.id == link.c.id))
        .where(
            _waiting.c.workspace_id == WORKSPACE_ID,
            func.cardinality(_waiting.c.blocked_by_ids) > literal_column("0"),
            _blocker.c.workspace_id == WORKSPACE_ID,
            _blocker.c.deleted_at.is_(None),
            _blocker.c.closed_at.is_(None),
        )
    )


def _blockers() -> Select[Any]:
    return select(func.unnest(_blocked.c.blocked_by_ids)).where(
        _blocked.c.workspace_id == WORKSPACE_ID,
        _blocked.c.id == any_(bindparam("blocks", type_=ARRAY(Uuid()))),
        _blocked.c.deleted_at.is_(None),
    )


def _with_external_key() -> Select[Any]:
    return select(_keys.task_id).where(_keys.workspace_id == WORKSPACE_ID, _keys.digest == any_(DIGESTS))


def _is_of_project(tasks: Columns) -> Condition:
    """By its key, which an index leads with."""
    ids = bindparam("project_ids", type_=ARRAY(Uuid()))
    key = select(_projects.key).where(_projects.workspace_id == WORKSPACE_ID, _projects.id == any_(ids))
    condition: Condition = tasks.project_key == key.scalar_subquery()
    return condition


_CONDITIONS: dict[str, MakeCondition] = {
    "ids": _is_one_of("id", "ids", Uuid()),
    "project_ids": _is_one_of("project_id", "project_ids", Uuid()),
    OF_ONE_PROJECT: _is_of_project,
    "statuses": _is_one_of("status", "statuses", Text()),
    "status_categories": _is_one_of("status_category", "status_categories", Text()),
    "priorities": _is_one_of("priority", "priorities", SmallInteger()),
    "not_statuses": _is_none_of("status", "not_statuses", Text()),
    "not_priorities": _is_none_of("priority", "not_priorities", SmallInteger()),
    "not_assignee_ids": _not(_overlaps("assignee_ids", "not_assignee_ids")),
    "assigned": _not(_is_empty("assignee_ids")),
    "not_label_ids": _not(_overlaps("label_ids", "not_label_ids")),
    "labelled": _not(_is_empty("label_ids")),
    "due_before": _is_due_before("due_before"),
    "due_after": _not(_is_due_before("due_after")),
    "created_before": _is_before("created_at", "created_before"),
    "created_after": _is_from("created_at", "created_after"),
    "updated_before": _is_before("updated_at", "updated_before"),
    "updated_after": _is_from("updated_at", "updated_after"),
    # As operators these would be planned for a short stretch of their index, and every row of a long one be looked up.
    _APART["updated_before"]: _compares(func.timestamptz_lt, "updated_at", "updated_before"),
    _APART["updated_after"]: _compares(func.timestamptz_ge, "updated_at", "updated_after"),
    "closed": lambda tasks: tasks.closed_at.is_not(None),
    "open": lambda tasks: tasks.closed_at.is_(None),
    # As an array it is looked up first. As a mere subquery it may be planned as a filter of all tasks.
    "blocked": lambda tasks: tasks.id == any_(func.array(_waiting_for_open().scalar_subquery())),
    "unblocked": lambda tasks: tasks.id.not_in(_waiting_for_open()),
    "blocks": lambda tasks: tasks.id.in_(_blockers()),
    # As an array, like those that are blocked.
    "external_keys": lambda tasks: tasks.id == any_(func.array(_with_external_key().scalar_subquery())),
    **{name: condition for choice in _CHOICES for name, condition in choice.conditions.items()},
}
PAST_CONDITIONS: dict[str, MakeCondition] = {
    "external_keys": lambda tasks: tasks.external_keys.overlap(bindparam("external_keys", type_=ARRAY(Text()))),
    **{name: condition for choice in _CHOICES for name, condition in choice.past_conditions.items()},
}
"""What takes the place of these as of a moment."""
_FLAGS = {"closed": ("open", "closed"), "blocked": ("unblocked", "blocked")}
_MARKS = ("assigned", "labelled")
_WITHOUT_VALUES = {"deleted", *_FLAGS, *_MARKS, *(choice.none for choice in _CHOICES)}
_WITH_VALUES = tuple(name for name in TaskFilter.__struct_fields__ if name not in _WITHOUT_VALUES)
_BY_VALUE = tuple(name for name in _WITH_VALUES if name in _CONDITIONS and name not in {choice.ids for choice in _CHOICES})


def names_of(filters: TaskFilter, order: SortOrder[TaskSort]) -> frozenset[str]:
    """Which conditions a filter consists of, without their values. Words (`q`) are no condition on columns alone."""
    names = {name for name in (*_BY_VALUE, *_MARKS) if getattr(filters, name)}
    names |= {name for choice in _CHOICES if (name := choice.name_of(filters))}
    names |= {words[value] for flag, words in _FLAGS.items() if (value := getattr(filters, flag)) is not None}
    if order.sort is TaskSort.RANK and len(filters.project_ids) == 1:
        names = names - {"project_ids"} | {OF_ONE_PROJECT}
    if order.sort is not TaskSort.UPDATED_AT or not names <= _APART.keys():
        names = {_APART.get(name, name) for name in names}
    return frozenset(names)


def conditions_of(names: frozenset[str], tasks: Columns) -> list[Condition]:
    return [_CONDITIONS[name](tasks) for name in sorted(names)]


def values_of(filters: TaskFilter) -> Parameters:
    values: Parameters = {name: value for name in _WITH_VALUES if (value := getattr(filters, name))}
    for name, exception in _EXCEPTION.items():
        if name in values:
            bound: DueBound = values[name]
            values |= {name: bound.instant, exception: _exception(bound)}
    if filters.external_keys:
        values["digests"] = [digest_of(key) for key in filters.external_keys]
    return values
