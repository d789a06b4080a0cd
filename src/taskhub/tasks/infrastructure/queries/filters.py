"""Filters of tasks as SQL: one condition for each that is set."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, DateTime, SmallInteger, Text, Uuid, any_, bindparam, func, or_

from taskhub.kernel.infrastructure.database import Parameters
from taskhub.tasks.application.queries import TaskFilter
from taskhub.tasks.infrastructure.queries.sorting import Columns

Condition = ColumnElement[bool]


def _is_one_of(column: str, parameter: str, type_: Any) -> Callable[[Columns], Condition]:
    return lambda tasks: tasks[column] == any_(bindparam(parameter, type_=ARRAY(type_)))


def _is_assigned(tasks: Columns) -> Condition:
    return tasks.assignee_ids.overlap(bindparam("assignee_ids", type_=ARRAY(Uuid())))  # type: ignore[no-any-return]


def _is_unassigned(tasks: Columns) -> Condition:
    return func.cardinality(tasks.assignee_ids) == 0


_CONDITIONS: dict[str, Callable[[Columns], Condition]] = {
    "ids": _is_one_of("id", "ids", Uuid()),
    "project_ids": _is_one_of("project_id", "project_ids", Uuid()),
    "statuses": _is_one_of("status", "statuses", Text()),
    "status_categories": _is_one_of("status_category", "status_categories", Text()),
    "priorities": _is_one_of("priority", "priorities", SmallInteger()),
    "assigned": _is_assigned,
    "unassigned": _is_unassigned,
    "assigned_or_not": lambda tasks: or_(_is_assigned(tasks), _is_unassigned(tasks)),
    "due_before": lambda tasks: tasks.due_ends_at < bindparam("due_before", type_=DateTime(timezone=True)),
    "due_after": lambda tasks: tasks.due_ends_at >= bindparam("due_after", type_=DateTime(timezone=True)),
    "closed": lambda tasks: tasks.closed_at.is_not(None),
    "open": lambda tasks: tasks.closed_at.is_(None),
}
_WITH_VALUES = tuple(field.name for field in fields(TaskFilter) if field.name not in ("unassigned", "closed", "deleted"))


def names_of(chosen: TaskFilter) -> frozenset[str]:
    """Which conditions a filter consists of, without their values. Words (`q`) are no condition on columns alone."""
    names = {name for name in _WITH_VALUES if name in _CONDITIONS and getattr(chosen, name)}
    if chosen.assignee_ids:
        names.add("assigned_or_not" if chosen.unassigned else "assigned")
    elif chosen.unassigned:
        names.add("unassigned")
    if chosen.closed is not None:
        names.add("closed" if chosen.closed else "open")
    return frozenset(names)


def conditions_of(names: frozenset[str], tasks: Columns) -> list[Condition]:
    return [_CONDITIONS[name](tasks) for name in sorted(names)]


def values_of(chosen: TaskFilter) -> Parameters:
    return {name: value for name in _WITH_VALUES if (value := getattr(chosen, name))}
