"""The orders of this module's lists."""

from collections.abc import Callable

from sqlalchemy import bindparam, func, select, text

from taskhub.kernel.infrastructure.postgres.pages import Expression, Orders, SortColumn
from taskhub.tasks.application.queries import CommentSort, HistorySort, LabelSort, ProjectSort, TaskSort
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID


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


_ID = SortColumn("id")

ORDERS = Orders(
    {
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
        TaskSort.DUE: (SortColumn("due_ends_at", _never("infinity")), _ID),
    },
    descending={TaskSort.DUE: (SortColumn("due_ends_at", _never("-infinity")), _ID)},
    # Positions of former versions, in another order of names, had two members: no key.
    anchors={TaskSort.RANK: ("id", "version"), ProjectSort.NAME: ("key",)},
)
