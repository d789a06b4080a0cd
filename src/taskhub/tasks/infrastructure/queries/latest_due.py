"""All tasks by due date, the latest first, out of the index that has them the other way round.

Tasks without a due date come last in both directions, and are the last ones of the index. So it is read backwards twice: first
those that have a due date, then the others.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Uuid,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    tuple_,
    union_all,
)

from taskhub.tasks.infrastructure.mappings import TASKS

_tasks = TASKS.table.c
_NEVER = literal_column("'infinity'::timestamptz", _tasks.due_ends_at.type)
_LAST = literal_column("'-infinity'::timestamptz", _tasks.due_ends_at.type)
_HIGHEST_ID = literal(UUID(int=2**128 - 1), Uuid())
_indexed = func.coalesce(_tasks.due_ends_at, _NEVER)
_after_due, _after_id = (bindparam(f"after_{column.name}", type_=column.type) for column in (_tasks.due_ends_at, _tasks.id))


def latest_due_first(rows: Select[Any], row_limit: ColumnElement[int], *, follows: bool) -> Subquery:
    """The first of these rows in that order, and a few more. ``follows``: after the position given as parameters."""
    last_id = case((_after_due.is_(None), _after_id), else_=_HIGHEST_ID)
    positions = (tuple_(func.coalesce(_after_due, _LAST), _after_id), tuple_(_NEVER, last_id))
    parts = []
    for condition, position in zip((_indexed < _NEVER, _indexed == _NEVER), positions, strict=True):
        part = rows.where(condition, *([tuple_(_indexed, _tasks.id) < position] if follows else []))
        parts.append(part.order_by(_indexed.desc(), _tasks.id.desc()).limit(row_limit).subquery())
    return union_all(*map(select, parts)).subquery("page")
