"""Orders as SQL: what rows are sorted by, and the condition for those after a position."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select, text, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from taskhub.kernel.infrastructure.postgres.database import Parameters, Record
from taskhub.tasks.application.queries import CommentSort, HistorySort, LabelSort, Position, ProjectSort, SortOrder, TaskSort
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

Columns = ReadOnlyColumnCollection[str, Any]
Expression = ColumnElement[Any]


def unchanged(value: Expression) -> Expression:
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
class SortColumn:
    """A column that an order is made of, the expression of it that is compared, and what that of a position stands for."""

    column: str
    compared: Callable[[Expression], Expression] = unchanged
    placed: Callable[[Expression], Expression] = unchanged


_ID = SortColumn("id")
_SORT_COLUMNS: dict[Enum, tuple[SortColumn, ...]] = {
    TaskSort.CREATED_AT: (SortColumn("created_at"), _ID),
    TaskSort.UPDATED_AT: (SortColumn("updated_at"), _ID),
    TaskSort.PRIORITY: (SortColumn("priority"), _ID),
    TaskSort.KEY: (SortColumn("project_key"), SortColumn("number")),
    TaskSort.RANK: (SortColumn("project_key"), SortColumn("rank", placed=_rank_now)),
    ProjectSort.NAME: (SortColumn("sort_key"), _ID),
    ProjectSort.KEY: (SortColumn("key"),),
    ProjectSort.CREATED_AT: (SortColumn("created_at"), _ID),
    LabelSort.NAME: (SortColumn("sort_key"), _ID),
    LabelSort.CREATED_AT: (SortColumn("created_at"), _ID),
    CommentSort.CREATED_AT: (SortColumn("created_at"), _ID),
    HistorySort.SEQ: (SortColumn("seq"),),
}
_ANCHORS: dict[Enum, tuple[str, ...]] = {TaskSort.RANK: ("id", "version"), ProjectSort.NAME: ("key",)}
"""Columns that a position needs besides. Positions of former versions, in another order of names, had two members: no key."""
_BY_DUE = {
    False: (SortColumn("due_ends_at", _never("infinity")), _ID),
    True: (SortColumn("due_ends_at", _never("-infinity")), _ID),
}


def sort_columns_of(order: SortOrder[Any]) -> tuple[SortColumn, ...]:
    return _BY_DUE[order.descending] if order.sort is TaskSort.DUE else _SORT_COLUMNS[order.sort]


def sorted_by(order: SortOrder[Any], columns: Columns) -> list[Expression]:
    """The `ORDER BY` of a list."""
    expressions = [sort_column.compared(columns[sort_column.column]) for sort_column in sort_columns_of(order)]
    return [expression.desc() if order.descending else expression.asc() for expression in expressions]


def follows(order: SortOrder[Any], columns: Columns) -> ColumnElement[bool]:
    """Whether a row comes after the position given as parameters: one comparison of rows, which an index can begin at."""
    sort_columns = sort_columns_of(order)
    row = tuple_(*(sort_column.compared(columns[sort_column.column]) for sort_column in sort_columns))
    position = tuple_(
        *(
            sort_column.placed(
                sort_column.compared(bindparam(f"after_{sort_column.column}", type_=columns[sort_column.column].type))
            )
            for sort_column in sort_columns
        )
    )
    return row < position if order.descending else row > position


def parameters_of(order: SortOrder[Any], position: Position) -> Parameters:
    return {f"after_{name}": value for name, value in zip(_position_columns(order), position, strict=True)}


def position_of(order: SortOrder[Any], record: Record) -> Position:
    return tuple(record[name] for name in _position_columns(order))


def _position_columns(order: SortOrder[Any]) -> tuple[str, ...]:
    return (*(sort_column.column for sort_column in sort_columns_of(order)), *_ANCHORS.get(order.sort, ()))
