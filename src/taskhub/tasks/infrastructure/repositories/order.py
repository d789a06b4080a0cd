"""The order of a project's tasks: gaps between ranks, and room where there is none."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Subquery,
    Text,
    Uuid,
    bindparam,
    func,
    literal,
    null,
    select,
    update,
)

from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.application.ports import RankGap, RankWindow
from taskhub.tasks.domain.place import Place, Side
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.mappings import TASKS
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID

_tasks = TASKS.table.c
_beside = TASKS.table.alias("beside")
_PROJECT_KEY = bindparam("project_key", type_=Text())
_TASK_ID = bindparam("task_id", type_=Uuid())
_IN_PROJECT = (_tasks.workspace_id == WORKSPACE_ID, _tasks.project_key == _PROJECT_KEY)
_own = select(_tasks.rank).where(*_IN_PROJECT, _tasks.id == _TASK_ID).scalar_subquery()


def _nearest(side: Side, *conditions: ColumnElement[bool]) -> ColumnElement[str]:
    """The rank that comes last before, or first after, whatever the conditions leave."""
    order = _tasks.rank.desc() if side is Side.BEFORE else _tasks.rank.asc()
    query = select(_tasks.rank).where(*_IN_PROJECT, *conditions).order_by(order).limit(literal(1, Integer()))
    return query.correlate(_beside).scalar_subquery()


def _gap_beside(side: Side, *conditions: ColumnElement[bool]) -> Statement:
    is_further = _tasks.rank < _beside.c.rank if side is Side.BEFORE else _tasks.rank > _beside.c.rank
    other = _nearest(side, is_further, _tasks.id != _TASK_ID)
    low, high = (other, _beside.c.rank) if side is Side.BEFORE else (_beside.c.rank, other)
    return Statement(
        select(low.label("low"), high.label("high"), _own.label("own")).where(
            _beside.c.workspace_id == WORKSPACE_ID,
            _beside.c.project_key == _PROJECT_KEY,
            _beside.c.id == bindparam("of", type_=Uuid()),
            *conditions,
        )
    )


def _gap_at_end(side: Side) -> Statement:
    outermost = _nearest(Side.AFTER if side is Side.BEFORE else Side.BEFORE, _tasks.id != _TASK_ID)
    low, high = (null(), outermost) if side is Side.BEFORE else (outermost, null())
    return Statement(select(low.label("low"), high.label("high"), _own.label("own")))


_GAP_BESIDE = {side: _gap_beside(side, _beside.c.deleted_at.is_(None)) for side in Side}
_GAP_AFTER_ANY = _gap_beside(Side.AFTER)
_GAP_AT_END = {side: _gap_at_end(side) for side in Side}


def _neighbours(side: Side, is_there: ColumnElement[bool]) -> Subquery:
    """The first tasks on one side of a gap, which are no more than the reach."""
    order = _tasks.rank.desc() if side is Side.BEFORE else _tasks.rank.asc()
    query = select(_tasks.id, _tasks.rank).where(*_IN_PROJECT, is_there).order_by(order)
    return query.limit(bindparam("reach", type_=Integer())).subquery()


_below = _neighbours(Side.BEFORE, _tasks.rank <= bindparam("low", type_=Text()))
_above = _neighbours(Side.AFTER, _tasks.rank >= bindparam("high", type_=Text()))
_WINDOW = Statement(select(_below).union_all(select(_above)).order_by("rank"))
_moved = (
    func.unnest(bindparam("ids", type_=ARRAY(Uuid())), bindparam("ranks", type_=ARRAY(Text())))
    .table_valued("id", "rank", name="moved")
    .render_derived()
)
_RANK = Statement(
    update(TASKS.table).values(rank=_moved.c.rank).where(_tasks.workspace_id == WORKSPACE_ID, _tasks.id == _moved.c.id)
)


class SqlTaskOrder:
    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow

    async def gap(self, project: Project, place: Place, task: Task) -> RankGap:
        parameters = {**_of(project), "task_id": task.id}
        if place.of is None:
            record = await self._uow.fetch_row(_GAP_AT_END[place.side], parameters)
        else:
            record = await self._uow.fetch_row(_GAP_BESIDE[place.side], {**parameters, "of": place.of})
        if record is None:
            raise UnknownReference(
                Fault("unknown_reference", "There is no such task in this project.", pointer=f"/{place.side.value}")
            )
        low, high, own = record
        is_current = own is not None and (low is None or low < own) and (high is None or own < high)
        return RankGap(low, high, is_current)

    async def gap_after(self, project: Project, holder_id: UUID, task: Task) -> RankGap:
        """The gap after a task of the project, in the trash or not, for another one."""
        (record,) = await self._uow.fetch(_GAP_AFTER_ANY, {**_of(project), "task_id": task.id, "of": holder_id})
        return RankGap(record["low"], record["high"])

    async def window(self, project: Project, gap: RankGap, *, reach: int) -> RankWindow:
        bounds = {"low": gap.low, "high": gap.high, "reach": reach + 1}
        records = await self._uow.fetch(_WINDOW, {**_of(project), **bounds})
        below = [record for record in records if gap.low is not None and record["rank"] <= gap.low]
        above = records[len(below) :]
        low = below[0]["rank"] if len(below) > reach else None
        high = above[reach]["rank"] if len(above) > reach else None
        return RankWindow(low, high, [record["id"] for record in (*below[-reach:], *above[:reach])])

    async def set_ranks(self, project: Project, window: RankWindow, ranks: Sequence[str]) -> None:
        # First out of the way: a new rank may be another task's old one.
        for given in ([f"~{id}" for id in window.ids], ranks):
            await self._uow.write(_RANK, {"workspace_id": project.workspace_id, "ids": window.ids, "ranks": given})


def _of(project: Project) -> Parameters:
    return {"workspace_id": project.workspace_id, "project_key": project.key}
