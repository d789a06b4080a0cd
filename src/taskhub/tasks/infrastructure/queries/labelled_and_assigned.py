"""The statements of lists by label and assignee. Few tasks have both, so they have an index of their own.

A label alone may have most tasks of a workspace, and so may an assignee: their lists are walked until the page is full.
"""

from functools import lru_cache

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.few_or_many import few_or_many, matches_in
from taskhub.tasks.infrastructure.queries.filters import INDEXED_TOGETHER
from taskhub.tasks.infrastructure.queries.lists import ListShape, matching_ids, ordered_rows, rows_of
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID


def is_by_label_and_assignee(shape: ListShape) -> bool:
    return INDEXED_TOGETHER.keys() <= shape.conditions and not shape.deleted


@lru_cache(maxsize=1024)
def labelled_and_assigned_statement(shape: ListShape) -> Statement:
    """The list for such a shape, without words."""
    tasks = TASKS.table.c
    has_both = (condition(tasks) for condition in INDEXED_TOGETHER.values())
    matches = matches_in(tasks.workspace_id == WORKSPACE_ID, *has_both)
    places = matching_ids(shape).limit(shape.row_limit).subquery("found")
    return Statement(few_or_many(shape, matches, ordered_rows(shape, places, rows_of(shape, places))))
