"""The statements of task lists, each made once for its shape.

The index `ix_tasks_live` holds all that lists are filtered and sorted by: a list is found in the index alone, and only the rows
of the page are looked at. Lists that an index has in their order already are read from it directly.
"""

from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause, Integer, Select, Subquery, bindparam, literal_column, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from taskhub.kernel.application.pages import SortOrder
from taskhub.kernel.infrastructure.event_log.log_head import with_log_head
from taskhub.kernel.infrastructure.postgres.pages import Columns, as_it_is
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import TaskSort
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.filters import OF_ONE_PROJECT, conditions_of
from taskhub.tasks.infrastructure.queries.latest_due import latest_due_first
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

HIDDEN_COLUMNS = ("due_ends_at", "rank")
"""What lists are found by, and nobody is shown."""
LIMIT = bindparam("limit", type_=Integer())

ENTRY = TASKS.table.alias("entry")
_LATEST_DUE_FIRST = SortOrder(TaskSort.DUE, descending=True)
_INDEX_RANGES = {
    TaskSort.CREATED_AT: frozenset({"created_before", "created_after"}),
    TaskSort.UPDATED_AT: frozenset({"updated_before", "updated_after"}),
    TaskSort.RANK: frozenset({OF_ONE_PROJECT}),
}
"""Filters that leave a stretch of an order's index: it is read from where that begins, and no further than it goes."""


class ListShape(msgspec.Struct, frozen=True):
    """A list without its values.

    Attributes:
        conditions: the filters that are set.
        follows: whether it goes on after a position.
        searches: whether it is searched for words.
        rows: how many rows it has at most. A constant of the statement: with a mere parameter it would be planned as endless.
    """

    conditions: frozenset[str]
    order: SortOrder[TaskSort]
    follows: bool
    searches: bool
    deleted: bool
    rows: int

    @property
    def row_limit(self) -> ColumnElement[int]:
        return literal_column(str(self.rows))


def rows_for(limit: int) -> int:
    """The rows of a shape for pages of this size, and the one that tells whether there is another page."""
    return 51 if limit <= 50 else 201


def view_columns(shape: ListShape, columns: Columns) -> list[ColumnElement[Any]]:
    """The view, and behind it what the position of a row is made of."""
    return [columns[name] for name in _column_names(shape)]


def _column_names(shape: ListShape) -> tuple[str, ...]:
    sorted_by = {sort_column.column for sort_column in ORDERS.members_of(shape.order)}
    return (*TASKS.view_columns, *(name for name in HIDDEN_COLUMNS if name in sorted_by))


def list_conditions(shape: ListShape, tasks: Columns) -> list[ColumnElement[bool]]:
    """All that a task of the list has to be, words aside."""
    return [
        tasks.workspace_id == WORKSPACE_ID,
        tasks.deleted_at.is_not(None) if shape.deleted else tasks.deleted_at.is_(None),
        *filter_conditions(shape, tasks),
    ]


def filter_conditions(shape: ListShape, tasks: Columns) -> list[ColumnElement[bool]]:
    """What the filters and the position ask of a task."""
    after = [ORDERS.follows(shape.order, tasks)] if shape.follows else []
    return [*conditions_of(shape.conditions, tasks), *after]


def is_indexed(shape: ListShape) -> bool:
    """Whether an index has the list in its order. With filters only that of creation, as it can check them by itself, and a
    stretch of another.
    """
    return shape.order.sort is TaskSort.CREATED_AT or is_index_range(shape)


def is_index_range(shape: ListShape) -> bool:
    """Whether an index has the list in its order, and nothing else in between."""
    return shape.conditions <= _INDEX_RANGES.get(shape.order.sort, frozenset()) and shape.order != _LATEST_DUE_FIRST


def matching_ids(shape: ListShape) -> Select[Any]:
    """The places of the list, in its order, found in an index: ids, and what they are sorted by."""
    tasks = TASKS.table.c
    keys = {sort_column.column: sort_column.compared(tasks[sort_column.column]) for sort_column in ORDERS.members_of(shape.order)}
    query = select(*(key.label(name) for name, key in {"id": tasks.id, **keys}.items())).where(*list_conditions(shape, tasks))
    if is_indexed(shape):
        return query.order_by(*ORDERS.sorted_by(shape.order, tasks))
    # OFFSET 0 keeps the planner from merging the subquery. It would read rows in the order of another index until enough of them
    # pass the filters: all of them where the filters are rarer in this workspace than elsewhere.
    every = query.offset(literal_column("0")).subquery("every")
    return select(every).order_by(*_in_direction(shape, every))


def rows_of(shape: ListShape, places: FromClause, *conditions: ColumnElement[bool]) -> LateralFromClause:
    """The row of each place. As a lateral of one row it can't be planned as a join of whole workspaces."""
    tasks = ENTRY.c
    query = select(*view_columns(shape, tasks)).where(tasks.workspace_id == WORKSPACE_ID, tasks.id == places.c.id, *conditions)
    return query.limit(literal_column("1")).lateral("task")


def ordered_rows(shape: ListShape, places: Subquery, rows: FromClause) -> Select[Any]:
    """The list with its rows."""
    return joined_rows(shape, places, rows).order_by(*_in_direction(shape, places))


def joined_rows(shape: ListShape, places: FromClause, rows: FromClause) -> Select[Any]:
    """Places with their rows. What is sorted by comes from the places: the planner knows that these are in order."""
    sort_columns = ORDERS.members_of(shape.order)
    sources = {sort_column.column: places.c for sort_column in sort_columns if sort_column.compared is as_it_is}
    columns = [sources.get(name, rows.c)[name] for name in _column_names(shape)]
    return select(*columns).select_from(places.join(rows, true()))


def _in_direction(shape: ListShape, places: Subquery) -> list[ColumnElement[Any]]:
    keys = [places.c[sort_column.column] for sort_column in ORDERS.members_of(shape.order)]
    return [key.desc() if shape.order.descending else key.asc() for key in keys]


@lru_cache(maxsize=1024)
def list_statement(shape: ListShape) -> Statement:
    """The list for a shape without words."""
    if shape.deleted or is_index_range(shape):
        rows = _rows(shape).order_by(*ORDERS.sorted_by(shape.order, TASKS.table.c))
        query = _page(shape, rows.limit(shape.row_limit).subquery("page"))
    elif shape.order == _LATEST_DUE_FIRST and not shape.conditions:
        rows = _rows(msgspec.structs.replace(shape, follows=False))
        query = _page(shape, latest_due_first(rows, shape.row_limit, follows=shape.follows))
    else:
        places = matching_ids(shape).limit(shape.row_limit).subquery("found")
        query = ordered_rows(shape, places, rows_of(shape, places)).limit(LIMIT)
    return Statement(with_log_head(query, WORKSPACE_ID))


def _rows(shape: ListShape) -> Select[Any]:
    tasks = TASKS.table.c
    return select(*view_columns(shape, tasks)).where(*list_conditions(shape, tasks))


def _page(shape: ListShape, rows: Subquery) -> Select[Any]:
    return select(*view_columns(shape, rows.c)).order_by(*ORDERS.sorted_by(shape.order, rows.c)).limit(LIMIT)
