"""Orders as SQL: what rows are sorted by, and the condition for those after a position."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, text, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from taskhub.kernel.infrastructure.postgres.database import Parameters, Record
from taskhub.tasks.application.queries import CommentSort, HistorySort, LabelSort, Order, Position, ProjectSort, TaskSort
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.naming import WORKSPACE_ID

Columns = ReadOnlyColumnCollection[str, Any]
Expression = ColumnElement[Any]


def as_it_is(value: Expression) -> Expression:
    return value


def _never(infinity: str) -> Callable[[Expression], Expression]:
    """No due date, as an instant beyond all others."""
    return lambda value: func.coalesce(value, text(f"'{infinity}'::timestamptz"))


def _rank_now(rank: Expression) -> Expression:
    """Ranks change without their tasks, when room is made: the place after a task is where that task is now.

    A task that was changed meanwhile may have been moved on purpose. Then the place is where it was.
    """
    anchor = TASKS.table.alias("anchor")
    columns = (anchor.c.project_key, anchor.c.id, anchor.c.version)
    is_last = (column == bindparam(f"after_{column.name}", type_=column.type) for column in columns)
    now = select(anchor.c.rank).where(anchor.c.workspace_id == WORKSPACE_ID, *is_last)
    return func.coalesce(now.scalar_subquery(), rank)


@dataclass(frozen=True, slots=True)
class Member:
    """A column that an order is made of, the expression of it that is compared, and what that of a position stands for."""

    column: str
    compared: Callable[[Expression], Expression] = as_it_is
    placed: Callable[[Expression], Expression] = as_it_is


_ID = Member("id")
_MEMBERS: dict[Enum, tuple[Member, ...]] = {
    TaskSort.CREATED_AT: (Member("created_at"), _ID),
    TaskSort.UPDATED_AT: (Member("updated_at"), _ID),
    TaskSort.PRIORITY: (Member("priority"), _ID),
    TaskSort.KEY: (Member("project_key"), Member("number")),
    TaskSort.RANK: (Member("project_key"), Member("rank", placed=_rank_now)),
    ProjectSort.NAME: (Member("sort_key"), _ID),
    ProjectSort.KEY: (Member("key"),),
    ProjectSort.CREATED_AT: (Member("created_at"), _ID),
    LabelSort.NAME: (Member("sort_key"), _ID),
    LabelSort.CREATED_AT: (Member("created_at"), _ID),
    CommentSort.CREATED_AT: (Member("created_at"), _ID),
    HistorySort.SEQ: (Member("seq"),),
}
_ANCHORS: dict[Enum, tuple[str, ...]] = {TaskSort.RANK: ("id", "version"), ProjectSort.NAME: ("key",)}
"""Columns that a position needs besides. Positions of former versions, in another order of names, had two members: no key."""
_BY_DUE = {
    False: (Member("due_ends_at", _never("infinity")), _ID),
    True: (Member("due_ends_at", _never("-infinity")), _ID),
}


def members_of(order: Order[Any]) -> tuple[Member, ...]:
    return _BY_DUE[order.descending] if order.sort is TaskSort.DUE else _MEMBERS[order.sort]


def sorted_by(order: Order[Any], columns: Columns) -> list[Expression]:
    """The `ORDER BY` of a list."""
    expressions = [member.compared(columns[member.column]) for member in members_of(order)]
    return [expression.desc() if order.descending else expression.asc() for expression in expressions]


def follows(order: Order[Any], columns: Columns) -> ColumnElement[bool]:
    """Whether a row comes after the position given as parameters: one comparison of rows, which an index can begin at."""
    members = members_of(order)
    row = tuple_(*(member.compared(columns[member.column]) for member in members))
    position = tuple_(
        *(
            member.placed(member.compared(bindparam(f"after_{member.column}", type_=columns[member.column].type)))
            for member in members
        )
    )
    return row < position if order.descending else row > position


def parameters_of(order: Order[Any], position: Position) -> Parameters:
    return {f"after_{name}": value for name, value in zip(_position_columns(order), position, strict=True)}


def position_of(order: Order[Any], record: Record) -> Position:
    return tuple(record[name] for name in _position_columns(order))


def _position_columns(order: Order[Any]) -> tuple[str, ...]:
    return (*(member.column for member in members_of(order)), *_ANCHORS.get(order.sort, ()))
