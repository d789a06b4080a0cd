"""The ranks around a position in the order of a project, for a task that is to stand there.

In the first, optimistic attempt at a command they are read together with the task and its project. In further ones they are read
after the project was locked: a statement that waits for a lock sees everything else as it was before.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Text, Uuid, and_, bindparam, literal, null, select, update

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.tasks.domain.place import Side
from taskhub.tasks.infrastructure.mappings import PROJECTS, TASKS
from taskhub.tasks.infrastructure.repositories.tasks import ITS_PROJECT, TASK_AND_PROJECT
from taskhub.tasks.infrastructure.task_lookup import TASK_BY_REF, WORKSPACE_ID

_tasks, _projects = TASKS.table.c, PROJECTS.table.c
_beside, _next = TASKS.table.alias("beside"), TASKS.table.alias("next")
_PROJECT_KEY = bindparam("project_key", type_=Text())
_TASK_ID = bindparam("task_id", type_=Uuid())


def _around(side: Side, project_key: ColumnElement[str], task_id: ColumnElement[Any], *, is_beside: bool) -> list[Any]:
    """The ranks before and after a position: beside a task, or at an end. The task that goes there is in nobody's way."""
    is_before = side is Side.BEFORE
    is_next = [_next.c.workspace_id == WORKSPACE_ID, _next.c.project_key == project_key, _next.c.id != task_id]
    if is_beside:
        is_next.append(_next.c.rank < _beside.c.rank if is_before else _next.c.rank > _beside.c.rank)
    is_last = is_before == is_beside
    order = _next.c.rank.desc() if is_last else _next.c.rank.asc()
    nearest = select(_next.c.rank).where(*is_next).order_by(order).limit(literal(1, Integer()))
    other = nearest.correlate(TASKS.table, _beside).scalar_subquery()
    this: ColumnElement[Any] = _beside.c.rank if is_beside else null()
    low, high = (other, this) if is_last else (this, other)
    return [low.label("low"), high.label("high")]


def _is_beside(project_key: ColumnElement[str], *conditions: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    is_it = _beside.c.id == bindparam("of", type_=Uuid())
    return [_beside.c.workspace_id == WORKSPACE_ID, _beside.c.project_key == project_key, is_it, *conditions]


@lru_cache(maxsize=8)
def gap_statement(side: Side, *, is_beside: bool) -> Statement:
    """For a task and a project that are locked. It takes the next place at the end of the project: the task may go there, and
    others who have read the order notice.
    """
    taken = (
        update(PROJECTS.table)
        .values(last_place=_projects.last_place + 1)
        .where(_projects.workspace_id == WORKSPACE_ID, _projects.id == bindparam("of_project", type_=Uuid()))
        .returning(_projects.last_place)
        .cte("taken")
    )
    own = select(_tasks.rank).where(
        _tasks.workspace_id == WORKSPACE_ID, _tasks.project_key == _PROJECT_KEY, _tasks.id == _TASK_ID
    )
    around = _around(side, _PROJECT_KEY, _TASK_ID, is_beside=is_beside)
    query = select(*around, own.scalar_subquery().label("rank"), taken.c.last_place.label("place")).select_from(taken)
    if is_beside:
        query = query.join(_beside, and_(*_is_beside(_PROJECT_KEY, _beside.c.deleted_at.is_(None))))
    return Statement(query, is_counting=True)


@lru_cache(maxsize=1)
def gap_after_any_statement() -> Statement:
    """The ranks around the position after a task, in the trash or not."""
    query = select(*_around(Side.AFTER, _PROJECT_KEY, _TASK_ID, is_beside=True))
    return Statement(query.where(*_is_beside(_PROJECT_KEY)))


@lru_cache(maxsize=16)
def task_with_gap_statement(kind: type, side: Side, *, is_beside: bool) -> Statement:
    """For a task that is read by it, with its project. ``kind``: as in `TASK_BY_REF`."""
    around = _around(side, _tasks.project_key, _tasks.id, is_beside=is_beside)
    query = select(*TASK_AND_PROJECT, *around, (_projects.last_place + 1).label("place"))
    source: FromClause = TASKS.table.join(PROJECTS.table, ITS_PROJECT)
    if is_beside:
        source = source.outerjoin(_beside, and_(*_is_beside(_tasks.project_key, _beside.c.deleted_at.is_(None))))
        query = query.add_columns(_beside.c.version.label("beside_version"))
    return Statement(query.select_from(source).where(_tasks.workspace_id == WORKSPACE_ID, TASK_BY_REF[kind]))
