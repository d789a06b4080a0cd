"""Hierarchy, blockers, order and cascades of tasks in memory."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import msgspec

from support.fakes.tasks.repositories import FakeTaskRepository
from support.fakes.tasks.store import FakeSession, checked
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.tasks.application.ports import RankGap, RankWindow
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.domain.blockers import Blockers
from taskhub.tasks.domain.hierarchy import Hierarchy, Node
from taskhub.tasks.domain.label import Label
from taskhub.tasks.domain.place import Place, Side
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task
from taskhub.tasks.domain.workflow import Workflow


class FakeStructure:
    """Knows all there is, where the real one reads only what it is asked for."""

    def __init__(self, uow: FakeSession) -> None:
        self._uow = uow

    async def hierarchy(self, workspace_id: UUID, parents: Iterable[UUID], tasks: Iterable[UUID]) -> Hierarchy:
        every = self._uow.all(Task, workspace_id)
        return Hierarchy(Node(t.id, t.content.parent_id, t.project_id, t.deleted_at is None) for t in every)

    async def blockers(self, workspace_id: UUID, ids: Iterable[UUID]) -> Blockers:
        tasks = self._uow.all(Task, workspace_id)
        live = [task.id for task in tasks if task.deleted_at is None]
        return Blockers({task.id: task.content.blocked_by_ids for task in tasks}, live)


class FakeOrder:
    def __init__(self, uow: FakeSession) -> None:
        self._uow = uow

    async def find(
        self, workspace_id: UUID, ref: TaskRef, place: Place, *, expected: Expected = None
    ) -> tuple[Task, Project, RankGap]:
        task, project = await FakeTaskRepository(self._uow).get_in_project(workspace_id, ref, expected=expected)
        gap = await self.gap(project, place, task)
        if place.of is None or self._uow.is_locking:
            return task, project, gap
        beside = checked(self._uow.find(Task, workspace_id, place.of, with_deleted=False))
        return task, project, replace(gap, beside=(place.of, beside.version))

    async def gap(self, project: Project, place: Place, task: Task) -> RankGap:
        index = self._uow.ledger.rank_index
        ranks, own = index.ranks(project.id), index.rank_of(task.id, project.id)
        above = self._index(project, place, ranks)
        below = above - 1
        if below >= 0 and ranks[below] == own:
            below -= 1
        if above < len(ranks) and ranks[above] == own:
            above += 1
        low = ranks[below] if below >= 0 else None
        high = ranks[above] if above < len(ranks) else None
        is_current = own is not None and (low is None or low < own) and (high is None or own < high)
        if self._uow.is_locking:
            self._uow.ledger.allocate(project.id, 0, 1)
        next_place = self._uow.ledger.places.get(project.id, 0) + (not self._uow.is_locking)
        return RankGap(low, high, is_current, next_place)

    def take(self, project: Project, gap: RankGap) -> None:
        self._uow.take(project, gap)

    async def window(self, project: Project, gap: RankGap, *, reach: int) -> RankWindow:
        if not self._uow.is_locking:
            raise ConcurrencyConflict
        index = self._uow.ledger.rank_index
        ranks = index.ranks(project.id)
        low_end = 0 if gap.low is None else bisect_right(ranks, gap.low)
        high_end = len(ranks) if gap.high is None else bisect_left(ranks, gap.high)
        inside = [*ranks[max(low_end - reach, 0) : low_end], *ranks[high_end : high_end + reach]]
        low = ranks[low_end - reach - 1] if low_end > reach else None
        high = ranks[high_end + reach] if high_end + reach < len(ranks) else None
        return RankWindow(low, high, [index.id_at(project.id, rank) for rank in inside])

    async def set_ranks(self, project: Project, window: RankWindow, ranks: Sequence[str]) -> None:
        self._uow.writes()
        self._uow.ledger.rank_index.set_ranks(project.id, dict(zip(window.ids, ranks, strict=True)))

    def _index(self, project: Project, place: Place, ranks: list[str]) -> int:
        if place.of is None:
            return 0 if place.side is Side.BEFORE else len(ranks)
        beside = self._uow.find(Task, project.workspace_id, place.of, with_deleted=False)
        if beside is None or beside.project_id != project.id:
            raise UnknownReference(
                Fault("unknown_reference", "There is no such task in this project.", pointer=f"/{place.side.value}")
            )
        rank = self._uow.ledger.rank_index.rank_of(beside.id, project.id) or ""
        return bisect_left(ranks, rank) + (place.side is Side.AFTER)


class FakeCascades:
    def __init__(self, uow: FakeSession) -> None:
        self._uow = uow

    async def trash_tasks_of(self, project: Project, *, now: datetime) -> None:
        for task in self._of(project):
            if task.deleted_at is None:
                task._change("task.trashed", now, deleted_at=now, trashed_with=project.id)

    async def restore_tasks_of(self, project: Project, *, now: datetime) -> None:
        for task in self._of(project):
            if task.trashed_with == project.id:
                task._change("task.restored", now, deleted_at=None, trashed_with=None)

    async def statuses_in_use(self, project: Project) -> frozenset[str]:
        return frozenset(task.content.status for task in self._of(project))

    async def change_statuses(self, project: Project, moves: Mapping[str, str], workflow: Workflow, *, now: datetime) -> None:
        for task in self._of(project):
            if task.content.status in moves:
                content = msgspec.structs.replace(task.content, status=moves[task.content.status])
                task._set_content("task.updated", content, replace(project, workflow=workflow), now)

    async def remove_label(self, label: Label, *, now: datetime) -> None:
        self._uow.writes()
        for task in self._uow.all(Task, label.workspace_id):
            ids = tuple(id for id in task.content.label_ids if id != label.id)
            task._change("task.updated", now, content=msgspec.structs.replace(task.content, label_ids=ids))

    def _of(self, project: Project) -> list[Task]:
        self._uow.writes()
        return [task for task in self._uow.all(Task, project.workspace_id) if task.project_id == project.id]
