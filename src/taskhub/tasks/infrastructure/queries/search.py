"""The statements of searches for words: the index of words knows where they are, the list in which order they come."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, bindparam, case, func, literal_column, select, true

from taskhub.kernel.infrastructure.event_log.log_head import with_log_head
from taskhub.kernel.infrastructure.postgres.pages import Columns
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.few_or_many import few_or_many, matches_in
from taskhub.tasks.infrastructure.queries.lists import (
    ENTRY,
    LIMIT,
    ListShape,
    is_indexed,
    joined_rows,
    list_conditions,
    matching_ids,
    ordered_rows,
    rows_of,
    view_columns,
)
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_NONE: ColumnElement[int] = literal_column("0")
_Q = bindparam("q", type_=Text())
# What is searched for is read once, not for each row.
_ASKED = (
    select(func.task_query(WORKSPACE_ID, _Q).label("query"), func.task_phrases(_Q, type_=ARRAY(Text())).label("phrases"))
    .cte("asked")
    .prefix_with("MATERIALIZED")
)
_QUERY = select(_ASKED.c.query).scalar_subquery()
_PHRASES = select(_ASKED.c.phrases).scalar_subquery()


@lru_cache(maxsize=1024)
def search_statement(shape: ListShape) -> Statement:
    """The list for a shape with words."""
    if shape.deleted:
        return _in_trash(shape)
    tasks = TASKS.table.c
    in_workspace = tasks.workspace_id == WORKSPACE_ID
    # Whatever is asked, the planner expects 1 of 200 rows to match. That is said twice, so that it expects few: for thousands it
    # would read all entries of the workspace in another index as well, and intersect, or start processes that share the rows.
    matches = [tasks.words.op("@@")(_QUERY)] * 2
    return Statement(few_or_many(shape, matches_in(in_workspace, *matches, _holds(tasks)), _walk(shape)))


def _holds(tasks: Columns) -> ColumnElement[bool]:
    """What is more than words is compared with the text of the tasks that have all words."""
    text = (tasks.project_key, tasks.number, tasks.title, tasks.description)
    return case((func.cardinality(_PHRASES) > _NONE, func.task_holds(_PHRASES, *text)), else_=true())


def _walk(shape: ListShape) -> Select[Any]:
    """The list in its order, task by task, until the page is full."""
    # As `@@` it would be planned for a rare word: for looking into all tasks, whatever they are sorted by.
    matches = and_(func.ts_match_vq(ENTRY.c.words, _QUERY), _holds(ENTRY.c))
    if is_indexed(shape):
        # Not as a list within the list: that would be planned for being read to its end.
        tasks = TASKS.table
        walk = joined_rows(shape, tasks, rows_of(shape, tasks, matches)).where(*list_conditions(shape, tasks.c))
        return walk.order_by(*ORDERS.sorted_by(shape.order, tasks.c))
    places = matching_ids(shape).subquery("found")
    return ordered_rows(shape, places, rows_of(shape, places, matches))


def _in_trash(shape: ListShape) -> Statement:
    tasks = TASKS.table.c
    query: Select[Any] = select(*view_columns(shape, tasks)).where(
        tasks.words.op("@@")(_QUERY), _holds(tasks), *list_conditions(shape, tasks)
    )
    return Statement(with_log_head(query.order_by(*ORDERS.sorted_by(shape.order, tasks)).limit(LIMIT), WORKSPACE_ID))
