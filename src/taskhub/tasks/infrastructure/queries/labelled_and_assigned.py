"""The statements of lists by label and assignee. Few tasks have both, so they have an index of their own.

A label alone may be on most tasks of a workspace, and so may an assignee: their lists are read in order until the page is full.
"""

from functools import lru_cache

from sqlalchemy import ARRAY, Uuid, bindparam, select

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.few_or_many import few_or_many, matches_in
from taskhub.tasks.infrastructure.queries.lists import ListShape, matching_ids, ordered_rows, rows_of
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_INDEXED = ("assignee_ids", "label_ids")
# Looked up like this, ids are not known to the planner, which would read the whole table for a common label or assignee.
_ASKED = select(*(bindparam(name, type_=ARRAY(Uuid())).label(name) for name in _INDEXED)).cte("asked").prefix_with("MATERIALIZED")


def is_by_label_and_assignee(shape: ListShape) -> bool:
    return shape.conditions.issuperset(_INDEXED) and not shape.deleted


@lru_cache(maxsize=1024)
def labelled_and_assigned_statement(shape: ListShape) -> Statement:
    """The list for such a shape, without words."""
    tasks = TASKS.table.c
    has_both = (tasks[name].overlap(select(_ASKED.c[name]).scalar_subquery()) for name in _INDEXED)
    matches = matches_in(tasks.workspace_id == WORKSPACE_ID, *has_both)
    places = matching_ids(shape).limit(shape.row_limit).subquery("found")
    return Statement(few_or_many(shape, matches, ordered_rows(shape, places, rows_of(shape, places))))
