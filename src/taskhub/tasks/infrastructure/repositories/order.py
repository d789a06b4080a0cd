"""The order of a project's tasks: where tasks stand, and room where there is none."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Subquery, Text, Uuid, bindparam, func, select, update

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.domain.errors import Fault, NotFound, UnknownReference
from taskhub.kernel.infrastructure.postgres.connection import Parameters, Record
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.repository import checked
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.tasks.application.ports import RankGap, RankWindow
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.domain.place import Place
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.infrastructure.mappings import ORDER, TASKS
from taskhub.tasks.infrastructure.repositories.gaps import gap_after_any_statement, gap_statement, task_with_gap_statement
from taskhub.tasks.infrastructure.repositories.tasks import SqlTaskRepository, visible
from taskhub.tasks.infrastructure.task_lookup import WORKSPACE_ID, ref_type, task_parameters

_tasks = TASKS.table.c
_IN_PROJECT = (_tasks.workspace_id == WORKSPACE_ID, _tasks.project_key == bindparam("project_key", type_=Text()))


def _neighbours(is_there: ColumnElement[bool], *, is_below: bool) -> Subquery:
    """The first tasks on one side of a gap, which are no more than the reach."""
    order = _tasks.rank.desc() if is_below else _tasks.rank.asc()
    query = select(_tasks.id, _tasks.rank).where(*_IN_PROJECT, is_there).order_by(order)
    return query.limit(bindparam("reach", type_=Integer())).subquery()


_below = _neighbours(_tasks.rank <= bindparam("low", type_=Text()), is_below=True)
_above = _neighbours(_tasks.rank >= bindparam("high", type_=Text()), is_below=False)
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
    def __init__(self, uow: SqlUnitOfWork, tasks: SqlTaskRepository) -> None:
        self._uow = uow
        self._tasks = tasks

    async def find(
        self, workspace_id: UUID, ref: TaskRef, place: Place, *, expected: Expected = None
    ) -> tuple[Task, Project, RankGap]:
        if self._uow.is_locking:
            task, project = await self._tasks.get_in_project(workspace_id, ref, expected=expected)
            return task, project, await self.gap(project, place, task)
        parameters = {"workspace_id": workspace_id, **task_parameters(ref), **_beside(place)}
        statement = task_with_gap_statement(ref_type(ref), place.side, is_beside=place.of is not None)
        record = await self._uow.fetch_row(statement, parameters)
        if record is None:
            raise NotFound
        task, project = self._tasks.track_with_project(record)
        checked(visible(task), expected)
        if place.of is None:
            return task, project, _gap_of(record)
        if record["beside_version"] is None:
            raise _unknown(place)
        return task, project, _gap_of(record, (place.of, record["beside_version"]))

    async def gap(self, project: Project, place: Place, task: Task) -> RankGap:
        statement = gap_statement(place.side, is_beside=place.of is not None)
        record = await self._uow.fetch_row(statement, {**_of(project), "task_id": task.id, **_beside(place)})
        if record is None:
            raise _unknown(place)
        return _gap_of(record)

    async def gap_after(self, project: Project, holder_id: UUID, task: Task) -> RankGap:
        """The gap after a task of the project, in the trash or not, for another one."""
        parameters = {**_in(project), "task_id": task.id, "of": holder_id}
        (record,) = await self._uow.fetch(gap_after_any_statement(), parameters)
        return RankGap(record["low"], record["high"])

    def take(self, project: Project, gap: RankGap) -> None:
        if self._uow.is_locking:
            return  # Its place was taken when the gap was read.
        guard = self._uow.identity_map.guard
        guard(ORDER, (project.workspace_id, project.id, project.version, gap.place - 1))
        if gap.beside is not None:
            guard(TASKS.guard, (project.workspace_id, *gap.beside))

    async def window(self, project: Project, gap: RankGap, *, reach: int) -> RankWindow:
        if not self._uow.is_locking:
            raise ConcurrencyConflict
        bounds = {"low": gap.low, "high": gap.high, "reach": reach + 1}
        records = await self._uow.fetch(_WINDOW, {**_in(project), **bounds})
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
    return {**_in(project), "of_project": project.id}


def _in(project: Project) -> Parameters:
    return {"workspace_id": project.workspace_id, "project_key": project.key}


def _beside(place: Place) -> Parameters:
    return {} if place.of is None else {"of": place.of}


def _unknown(place: Place) -> UnknownReference:
    fault = Fault("unknown_reference", "There is no such task in this project.", pointer=f"/{place.side.value}")
    return UnknownReference(fault)


def _gap_of(record: Record, beside: tuple[UUID, int] | None = None) -> RankGap:
    """``beside``: as in `RankGap`."""
    low, high, own = record["low"], record["high"], record["rank"]
    is_current = own is not None and (low is None or low < own) and (high is None or own < high)
    return RankGap(low, high, is_current, record["place"], beside)
