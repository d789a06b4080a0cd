"""The statements of task lists, each made once for its shape.

The index `ix_tasks_live` holds all that lists are filtered and sorted by: a list is found in the index alone, and only the rows
of the page are looked at. Lists that an index has in their order already are read from it directly.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, Subquery, Uuid, bindparam, literal_column, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from taskhub.kernel.infrastructure.statements import Statement
from taskhub.tasks.application.queries import Order, TaskSort
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.filters import conditions_of
from taskhub.tasks.infrastructure.queries.sorting import Columns, as_it_is, follows, members_of, sorted_by

MOST_ROWS: ColumnElement[int] = literal_column("201")
"""The largest page and the row that tells whether there is another. With a mere parameter a list would be planned as endless."""

VIEW_COLUMNS = (
    "id",
    "workspace_id",
    "project_id",
    "project_key",
    "number",
    "title",
    "description",
    "status",
    "status_category",
    "priority",
    "assignee_ids",
    "due_date",
    "due_time",
    "due_time_zone",
    "due_at",
    "closed_at",
    "created_by_id",
    "created_at",
    "updated_at",
    "deleted_at",
    "version",
    "due_ends_at",
)
WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())
LIMIT = bindparam("limit", type_=Integer())

ENTRY = TASKS.table.alias("entry")
_HAS_INDEX = (TaskSort.CREATED_AT, TaskSort.KEY)


@dataclass(frozen=True, slots=True)
class Shape:
    """A list without its values.

    Attributes:
        conditions: the filters that are set.
        follows: whether it goes on after a position.
        searches: whether it is searched for words.
    """

    conditions: frozenset[str]
    order: Order[TaskSort]
    follows: bool
    searches: bool
    deleted: bool


def shown(columns: Columns) -> list[ColumnElement[Any]]:
    return [columns[name] for name in VIEW_COLUMNS]


def chosen(shape: Shape, tasks: Columns) -> list[ColumnElement[bool]]:
    """All that a task of the list has to be, words aside."""
    return [
        tasks.workspace_id == WORKSPACE_ID,
        tasks.deleted_at.is_not(None) if shape.deleted else tasks.deleted_at.is_(None),
        *narrowed(shape, tasks),
    ]


def narrowed(shape: Shape, tasks: Columns) -> list[ColumnElement[bool]]:
    """What the filters and the position ask of a task."""
    after = [follows(shape.order, tasks)] if shape.follows else []
    return [*conditions_of(shape.conditions, tasks), *after]


def found(shape: Shape) -> Select[Any]:
    """The places of the list, in its order, found in the index: ids, and what they are sorted by."""
    tasks = TASKS.table.c
    keys = {member.column: member.compared(tasks[member.column]) for member in members_of(shape.order)}
    query = select(*(key.label(name) for name, key in {"id": tasks.id, **keys}.items())).where(*chosen(shape, tasks))
    return query.order_by(*sorted_by(shape.order, tasks))


def rows_of(places: Subquery, *conditions: ColumnElement[bool]) -> LateralFromClause:
    """The row of each place. As a lateral of one row it can't be planned as a join of whole workspaces."""
    tasks = ENTRY.c
    query = select(*shown(tasks)).where(tasks.workspace_id == WORKSPACE_ID, tasks.id == places.c.id, *conditions)
    return query.limit(literal_column("1")).lateral("task")


def in_order(shape: Shape, places: Subquery, rows: FromClause) -> Select[Any]:
    """The list with its rows. What it is sorted by comes from the places: the planner knows that these are in order."""
    members = members_of(shape.order)
    sources = {member.column: places.c for member in members if member.compared is as_it_is}
    columns = [sources.get(name, rows.c)[name] for name in VIEW_COLUMNS]
    keys = [places.c[member.column] for member in members]
    return (
        select(*columns)
        .select_from(places.join(rows, true()))
        .order_by(*(key.desc() if shape.order.descending else key.asc() for key in keys))
    )


@lru_cache(maxsize=1024)
def list_statement(shape: Shape) -> Statement:
    """The list for a shape without words."""
    tasks = TASKS.table.c
    if shape.deleted or (not shape.conditions and shape.order.sort in _HAS_INDEX):
        rows = select(*shown(tasks)).where(*chosen(shape, tasks)).order_by(*sorted_by(shape.order, tasks))
        page = rows.limit(MOST_ROWS).subquery("page")
        return Statement(select(*shown(page.c)).order_by(*sorted_by(shape.order, page.c)).limit(LIMIT))
    places = found(shape).limit(MOST_ROWS).subquery("found")
    return Statement(in_order(shape, places, rows_of(places)).limit(LIMIT))
