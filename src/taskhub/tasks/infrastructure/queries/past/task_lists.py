"""Lists of tasks as of a moment.

What a list is sorted by, when its tasks were created, never changes: the rows of today are gone through in their order, those in
the trash too, and of each the snapshot of the moment is looked up and compared, until the page is full or enough were looked at.
What was deleted for good since has no snapshot any more.
"""

from collections.abc import Callable
from functools import lru_cache

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import LateralFromClause

from taskhub.kernel.infrastructure.event_log.snapshots import columns_in, latest_instant, member, snapshot_of
from taskhub.kernel.infrastructure.postgres.pages import Columns
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.application.views import PRIORITY_KEYS
from taskhub.tasks.domain.priority import Priority
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.queries.filters import PAST_CONDITIONS, conditions_of
from taskhub.tasks.infrastructure.queries.lists import LIMIT, ListShape
from taskhub.tasks.infrastructure.queries.sorting import ORDERS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

Condition = ColumnElement[bool]

CANDIDATES = {51: 400, 201: 1600}
"""How many tasks a page looks at, by the rows of its shape: for a filter that few pass, pages are short, and the walk goes on."""
_IMMUTABLE = frozenset({"ids", "created_before", "created_after"})
"""Filters by what never changes: they are asked of the rows of today."""
_ONE: ColumnElement[int] = literal_column("1", Integer())
_BLOCKS = "blocks"
_LAST_MOMENT_OF_A_DAY: ColumnElement[object] = literal_column("time '23:59:59.999999'")


@lru_cache(maxsize=1024)
def past_list_statement(shape: ListShape) -> Statement:
    """The list for a shape in the order of creation, without words: the snapshots, and what positions are made of.

    Where the page is not full, and there may be more, the last row is the position up to which tasks were looked at.
    """
    order = ORDERS.sorted_by
    candidates = _candidates(shape).subquery("candidate")
    past = snapshot_of(WORKSPACE_ID, candidates.c.id)
    task = _columns_in(past)
    listed = (
        select(cast(past.c.snapshot, Text).label("snapshot"), candidates.c.created_at, candidates.c.id)
        .select_from(candidates.join(past, true()).join(task, true()))
        .where(task.c.deleted_at.is_not(None) if shape.deleted else task.c.deleted_at.is_(None), *_conditions(shape, task.c))
        .order_by(*order(shape.order, candidates.c))
    )
    found = listed.limit(shape.row_limit).subquery("found")
    page = select(found).order_by(*order(shape.order, found.c)).limit(LIMIT).cte("page").prefix_with("MATERIALIZED")
    last = _candidates(shape).limit(_ONE).offset(literal_column(str(CANDIDATES[shape.rows] - 1))).subquery("last")
    is_short = select(func.count()).select_from(page).scalar_subquery() < LIMIT
    until = select(null().label("snapshot"), last.c.created_at, last.c.id).where(is_short)
    whole = union_all(select(page), until).subquery("whole")
    return Statement(select(whole).order_by(*order(shape.order, whole.c), whole.c.snapshot.is_(None)))


def _candidates(shape: ListShape) -> Select[tuple[object, ...]]:
    """The tasks that a page looks at. Each half has an index of its own, and they are merged."""
    every = union_all(_of_today(shape, in_trash=False), _of_today(shape, in_trash=True)).subquery("every")
    return select(every).order_by(*ORDERS.sorted_by(shape.order, every.c)).limit(literal_column(str(CANDIDATES[shape.rows])))


def _of_today(shape: ListShape, *, in_trash: bool) -> Select[tuple[object, ...]]:
    """Rows that may have been there, in order."""
    tasks = TASKS.table.c
    after = [ORDERS.follows(shape.order, tasks)] if shape.follows else []
    conditions = [
        tasks.workspace_id == WORKSPACE_ID,
        tasks.deleted_at.is_not(None) if in_trash else tasks.deleted_at.is_(None),
        tasks.created_at <= latest_instant(WORKSPACE_ID),
        *conditions_of(shape.conditions & _IMMUTABLE, tasks),
        *([_blocks(tasks)] if _BLOCKS in shape.conditions else []),
        *after,
    ]
    return select(tasks.id, tasks.created_at).where(*conditions).order_by(*ORDERS.sorted_by(shape.order, tasks))


_KEYS = literal_column(f"ARRAY[{', '.join(repr(PRIORITY_KEYS[one]) for one in Priority)}]", ARRAY(Text()))


def _columns_in(past: FromClause) -> LateralFromClause:
    """The columns of a task that filters ask for."""
    place = func.array_position(_KEYS, member(past.c.snapshot, "priority"))
    at_end = func.timezone(
        literal_column("'UTC'", Text()), cast(member(past.c.snapshot, "due", "date"), Date) + _LAST_MOMENT_OF_A_DAY
    )
    due_at = cast(member(past.c.snapshot, "due_at"), DateTime(timezone=True))
    others = {"priority": place - _ONE, "due_ends_at": func.coalesce(due_at, at_end)}
    return columns_in(past, TASKS, others, "task")


def _conditions(shape: ListShape, task: Columns) -> list[Condition]:
    of_others = [_OF_OTHERS[name](task) for name in sorted(shape.conditions & _OF_OTHERS.keys())]
    return [*conditions_of(shape.conditions - _IMMUTABLE - _OF_OTHERS.keys() - {_BLOCKS}, task), *of_others]


def _has_open_blocker(task: Columns) -> Condition:
    link = func.unnest(task.blocked_by_ids).table_valued(column("id", Uuid()), name="link").render_derived("link")
    blocker = snapshot_of(WORKSPACE_ID, link.c.id, "blocker")
    is_open = (member(blocker.c.snapshot, name).is_(None) for name in ("deleted_at", "closed_at"))
    return select(_ONE).select_from(link.join(blocker, true())).where(*is_open).exists()


def _blocks(task: Columns) -> Condition:
    given = func.unnest(bindparam("blocks", type_=ARRAY(Uuid()))).table_valued(column("id", Uuid())).render_derived("given")
    blocked = snapshot_of(WORKSPACE_ID, given.c.id, "blocked")
    waiting = columns_in(blocked, TASKS, {}, "waiting")
    ids = select(func.unnest(waiting.c.blocked_by_ids)).select_from(given.join(blocked, true()).join(waiting, true()))
    condition: Condition = task.id == any_(func.array(ids.where(waiting.c.deleted_at.is_(None)).scalar_subquery()))
    return condition


_OF_OTHERS: dict[str, Callable[[Columns], Condition]] = {
    "blocked": _has_open_blocker,
    "unblocked": lambda task: ~_has_open_blocker(task),
    **PAST_CONDITIONS,
}
"""Filters that look at rows of today otherwise, such as those by what other tasks are."""
