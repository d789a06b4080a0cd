"""The statements of task lists, each made once for its shape.

The index `ix_tasks_live` holds all that lists are filtered and sorted by: a list is found in the index alone, and only the rows
of the page are looked at. Lists that an index has in their order already are read from it directly.
"""

from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause, Integer, Select, Subquery, bindparam, literal_column, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from taskhub.kernel.application.pages import Order
from taskhub.kernel.infrastructure.postgres.pages import Columns, as_it_is
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.queries import TaskSort
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.naming import WORKSPACE_ID
from taskhub.tasks.infrastructure.queries.filters import OF_ONE_PROJECT, conditions_of
from taskhub.tasks.infrastructure.queries.sorting import ORDERS

HIDDEN_COLUMNS = ("due_ends_at", "rank")
"""What lists are found by, and nobody is shown."""
LIMIT = bindparam("limit", type_=Integer())

ENTRY = TASKS.table.alias("entry")
_WITHOUT_INDEX = Order(TaskSort.DUE, descending=True)
_STRETCHES = {
    TaskSort.CREATED_AT: frozenset({"created_before", "created_after"}),
    TaskSort.UPDATED_AT: frozenset({"updated_before", "updated_after"}),
    TaskSort.RANK: frozenset({OF_ONE_PROJECT}),
}
"""Filters that leave a stretch of an order's index: it is read from where that begins, and no further than it goes."""


class Shape(msgspec.Struct, frozen=True):
    """A list without its values.

    Attributes:
        conditions: the filters that are set.
        follows: whether it goes on after a position.
        searches: whether it is searched for words.
        rows: how many rows it has at most. A constant of the statement: with a mere parameter it would be planned as endless.
    """

    conditions: frozenset[str]
    order: Order[TaskSort]
    follows: bool
    searches: bool
    deleted: bool
    rows: int

    @property
    def most(self) -> ColumnElement[int]:
        return literal_column(str(self.rows))


def rows_for(limit: int) -> int:
    """The rows of a shape for pages of this size, and the one that tells whether there is another page."""
    return 51 if limit <= 50 else 201


def shown(shape: Shape, columns: Columns) -> list[ColumnElement[Any]]:
    """The view, and behind it what the position of a row is made of."""
    return [columns[name] for name in _shown_columns(shape)]


def _shown_columns(shape: Shape) -> tuple[str, ...]:
    sorted_by = {member.column for member in ORDERS.members_of(shape.order)}
    return (*TASKS.view_columns, *(name for name in HIDDEN_COLUMNS if name in sorted_by))


def chosen(shape: Shape, tasks: Columns) -> list[ColumnElement[bool]]:
    """All that a task of the list has to be, words aside."""
    return [
        tasks.workspace_id == WORKSPACE_ID,
        tasks.deleted_at.is_not(None) if shape.deleted else tasks.deleted_at.is_(None),
        *narrowed(shape, tasks),
    ]


def narrowed(shape: Shape, tasks: Columns) -> list[ColumnElement[bool]]:
    """What the filters and the position ask of a task."""
    after = [ORDERS.follows(shape.order, tasks)] if shape.follows else []
    return [*conditions_of(shape.conditions, tasks), *after]


def is_indexed(shape: Shape) -> bool:
    """Whether an index has the list in its order. With filters only that of creation, as it can check them by itself, and a
    stretch of another.
    """
    return shape.order.sort is TaskSort.CREATED_AT or is_stretch(shape)


def is_stretch(shape: Shape) -> bool:
    """Whether an index has the list in its order, and nothing else in between."""
    return shape.conditions <= _STRETCHES.get(shape.order.sort, frozenset()) and shape.order != _WITHOUT_INDEX


def found(shape: Shape) -> Select[Any]:
    """The places of the list, in its order, found in an index: ids, and what they are sorted by."""
    tasks = TASKS.table.c
    keys = {member.column: member.compared(tasks[member.column]) for member in ORDERS.members_of(shape.order)}
    query = select(*(key.label(name) for name, key in {"id": tasks.id, **keys}.items())).where(*chosen(shape, tasks))
    if is_indexed(shape):
        return query.order_by(*ORDERS.sorted_by(shape.order, tasks))
    # OFFSET 0 is a border for the planner. Without it, it would read rows in the order of another index until enough of them pass
    # the filters: all of them where the filters are rarer in this workspace than elsewhere.
    every = query.offset(literal_column("0")).subquery("every")
    return select(every).order_by(*_in_direction(shape, every))


def rows_of(shape: Shape, places: FromClause, *conditions: ColumnElement[bool]) -> LateralFromClause:
    """The row of each place. As a lateral of one row it can't be planned as a join of whole workspaces."""
    tasks = ENTRY.c
    query = select(*shown(shape, tasks)).where(tasks.workspace_id == WORKSPACE_ID, tasks.id == places.c.id, *conditions)
    return query.limit(literal_column("1")).lateral("task")


def in_order(shape: Shape, places: Subquery, rows: FromClause) -> Select[Any]:
    """The list with its rows."""
    return joined(shape, places, rows).order_by(*_in_direction(shape, places))


def joined(shape: Shape, places: FromClause, rows: FromClause) -> Select[Any]:
    """Places with their rows. What is sorted by comes from the places: the planner knows that these are in order."""
    members = ORDERS.members_of(shape.order)
    sources = {member.column: places.c for member in members if member.compared is as_it_is}
    columns = [sources.get(name, rows.c)[name] for name in _shown_columns(shape)]
    return select(*columns).select_from(places.join(rows, true()))


def _in_direction(shape: Shape, places: Subquery) -> list[ColumnElement[Any]]:
    keys = [places.c[member.column] for member in ORDERS.members_of(shape.order)]
    return [key.desc() if shape.order.descending else key.asc() for key in keys]


@lru_cache(maxsize=1024)
def list_statement(shape: Shape) -> Statement:
    """The list for a shape without words."""
    tasks = TASKS.table.c
    if shape.deleted or is_stretch(shape):
        rows = select(*shown(shape, tasks)).where(*chosen(shape, tasks)).order_by(*ORDERS.sorted_by(shape.order, tasks))
        page = rows.limit(shape.most).subquery("page")
        return Statement(select(*shown(shape, page.c)).order_by(*ORDERS.sorted_by(shape.order, page.c)).limit(LIMIT))
    places = found(shape).limit(shape.most).subquery("found")
    return Statement(in_order(shape, places, rows_of(shape, places)).limit(LIMIT))
