"""Lists whose matches a GIN index finds, which returns them unsorted.

There are two plans for such a list. One fetches all matches from the GIN index and sorts them, which is right for few. The other
reads a B-tree in the order of the list and checks each task, until the page is full, which is right for many. The statement has
both: it fetches matches from the GIN index up to a number, and executes the second plan if there are more (decision 7).
"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, func, literal_column, select, union_all

from taskhub.kernel.infrastructure.event_log.log_head import with_log_head
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.lists import (
    HIDDEN_COLUMNS,
    LIMIT,
    ListShape,
    filter_conditions,
    view_columns,
)
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

FEW = 300
"""Up to here all matches are fetched and sorted. Right beyond it, some 1,700 of 10,000 tasks are checked for a page of 50."""

_FEW: ColumnElement[int] = literal_column(str(FEW))


def matches_in(*conditions: ColumnElement[bool]) -> CTE:
    """Up to one more than `FEW`. ``conditions``: those that an index is for, and that of the workspace."""
    tasks = TASKS.table.c
    columns = [tasks[name] for name in (*TASKS.view_columns, *HIDDEN_COLUMNS)]
    query = select(*columns).where(*conditions, tasks.deleted_at.is_(None))
    return query.limit(literal_column(str(FEW + 1))).cte("matches").prefix_with("MATERIALIZED")


def few_or_many(shape: ListShape, matches: CTE, walk: Select[Any]) -> Select[Any]:
    """The page, by whichever of both plans is right. ``walk``: the second one."""
    count = select(func.count()).select_from(matches).scalar_subquery()
    few = _sorted_matches(shape, matches, count <= _FEW)
    many = walk.where(count > _FEW).limit(shape.row_limit).subquery("many")
    page = union_all(select(few), select(many)).subquery("page")
    query: Select[Any] = select(*view_columns(shape, page.c)).order_by(*ORDERS.sorted_by(shape.order, page.c)).limit(LIMIT)
    return with_log_head(query, WORKSPACE_ID)


def _sorted_matches(shape: ListShape, matches: CTE, gate: ColumnElement[bool]) -> Subquery:
    query = select(*view_columns(shape, matches.c)).where(gate, *filter_conditions(shape, matches.c))
    return query.order_by(*ORDERS.sorted_by(shape.order, matches.c)).limit(shape.row_limit).subquery("few")
