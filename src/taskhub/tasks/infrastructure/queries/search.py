"""The statements of searches for words.

Two ways lead to the matches: the index of words knows where they are, but not in which order; the list knows the order, but has
to look into each task. The first is right for words in few tasks, the second for words in many. Which it is the statement finds
out itself: it fetches matches from the index of words up to a number, and takes the other way where there are more (decision 7).
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    union_all,
)

from taskhub.kernel.infrastructure.event_log.log_head import with_log_head
from taskhub.kernel.infrastructure.postgres.pages import Columns
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.lists import (
    ENTRY,
    HIDDEN_COLUMNS,
    LIMIT,
    ListShape,
    filter_conditions,
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

FEW = 300
"""Up to here all matches are fetched and sorted. Of 10,000 tasks, some 1,700 are looked into for a page of 50 right beyond it."""

_FEW: ColumnElement[int] = literal_column(str(FEW))
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
    matches = _matches()
    count = select(func.count()).select_from(matches).scalar_subquery()
    few = _sorted_matches(shape, matches, count <= _FEW)
    many = _walk(shape, count > _FEW)
    page = union_all(select(few), select(many)).subquery("page")
    query: Select[Any] = select(*view_columns(shape, page.c)).order_by(*ORDERS.sorted_by(shape.order, page.c)).limit(LIMIT)
    return Statement(with_log_head(query, WORKSPACE_ID))


def _matches() -> CTE:
    """Up to one more than `FEW`. The workspace is no way to them: its own index would be read whole and intersected."""
    tasks = TASKS.table.c
    in_workspace = (tasks.workspace_id == WORKSPACE_ID).is_(True)
    columns = [tasks[name] for name in (*TASKS.view_columns, *HIDDEN_COLUMNS)]
    query = select(*columns).where(tasks.words.op("@@")(_QUERY), _holds(tasks), tasks.deleted_at.is_(None), in_workspace)
    return query.limit(literal_column(str(FEW + 1))).cte("matches").prefix_with("MATERIALIZED")


def _holds(tasks: Columns) -> ColumnElement[bool]:
    """What is more than words is compared with the text of the tasks that have all words."""
    text = (tasks.project_key, tasks.number, tasks.title, tasks.description)
    return case((func.cardinality(_PHRASES) > _NONE, func.task_holds(_PHRASES, *text)), else_=true())


def _sorted_matches(shape: ListShape, matches: CTE, gate: ColumnElement[bool]) -> Subquery:
    query = select(*view_columns(shape, matches.c)).where(gate, *filter_conditions(shape, matches.c))
    return query.order_by(*ORDERS.sorted_by(shape.order, matches.c)).limit(shape.row_limit).subquery("few")


def _walk(shape: ListShape, gate: ColumnElement[bool]) -> Subquery:
    """The list in its order, task by task, until the page is full."""
    # As `@@` it would be planned for a rare word: for looking into all tasks, whatever they are sorted by.
    matches = and_(func.ts_match_vq(ENTRY.c.words, _QUERY), _holds(ENTRY.c))
    if is_indexed(shape):
        # Not as a list within the list: that would be planned for being read to its end.
        tasks = TASKS.table
        walk = joined_rows(shape, tasks, rows_of(shape, tasks, matches)).where(*list_conditions(shape, tasks.c))
        walk = walk.order_by(*ORDERS.sorted_by(shape.order, tasks.c))
    else:
        places = matching_ids(shape).subquery("found")
        walk = ordered_rows(shape, places, rows_of(shape, places, matches))
    return walk.where(gate).limit(shape.row_limit).subquery("many")


def _in_trash(shape: ListShape) -> Statement:
    tasks = TASKS.table.c
    query: Select[Any] = select(*view_columns(shape, tasks)).where(
        tasks.words.op("@@")(_QUERY), _holds(tasks), *list_conditions(shape, tasks)
    )
    return Statement(with_log_head(query.order_by(*ORDERS.sorted_by(shape.order, tasks)).limit(LIMIT), WORKSPACE_ID))
