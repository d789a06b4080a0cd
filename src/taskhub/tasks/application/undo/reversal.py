"""Takes back commands on projects, tasks, labels and comments."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from taskhub.kernel.application.reversal import Effect, Undo
from taskhub.kernel.application.turns import in_turns
from taskhub.kernel.domain.errors import NotUndoable
from taskhub.tasks.application.undo import comment_changes, label_changes
from taskhub.tasks.application.undo.graphs import Graphs
from taskhub.tasks.application.undo.loaded import load
from taskhub.tasks.application.undo.places import ranks_for
from taskhub.tasks.application.undo.ports import UndoWork
from taskhub.tasks.application.undo.project_changes import ProjectChange, find_left_tasks, project_changes
from taskhub.tasks.application.undo.task_changes import TaskChange, task_changes
from taskhub.tasks.contract.events import TASK_MOVED
from taskhub.tasks.domain.task import Task

Tasks = Mapping[UUID, TaskChange]
Projects = Mapping[UUID, ProjectChange]


class TasksReversal:
    """Changes those things alone that the command changed. What they would take along, or leave behind, is a conflict.

    Everything is locked and compared first, then changed: a refusal changes nothing.
    """

    def __init__(self, work_over: Callable[[Any], UndoWork]) -> None:
        """``work_over``: the repositories of this module over a unit of work."""
        self._work_over = work_over

    async def take_back(self, effects: Sequence[Effect], undo: Undo, uow: Any, /) -> None:
        work = self._work_over(uow)
        loaded = await load(undo.stream_id, effects, work)
        projects, tasks = project_changes(loaded, undo), await task_changes(loaded, undo)
        graphs = await Graphs.load(undo.stream_id, tasks, work)
        for change in tasks.values():
            change.check_project(projects, undo.conflicts)
            change.check_keys(tasks, loaded.key_owners, undo.conflicts)
        graphs.find_conflicts(tasks, undo.conflicts)
        await find_left_tasks(projects.values(), tasks, undo, work)
        await label_changes.find_conflicts(loaded, undo, work)
        comment_changes.find_conflicts(loaded, tasks, undo)
        undo.conflicts.check()
        graphs.check(tasks)
        await _open(projects, tasks, undo, work)
        label_changes.take_back(loaded, undo, work)
        await _change_tasks(tasks, projects, undo, work)
        await comment_changes.take_back(loaded, undo, work)
        await _trash_tasks(tasks, projects, undo)
        for project in projects.values():
            project.close(undo.now)


async def _open(projects: Projects, tasks: Tasks, undo: Undo, work: UndoWork) -> None:
    for change in projects.values():
        own = [task for task in tasks.values() if task.home is change.project]
        if change.has_other_workflow and own:
            change.project.require_open()
        await change.open([task.task.id for task in own], [task.content.status for task in own], undo.now, work)


async def _change_tasks(tasks: Tasks, projects: Projects, undo: Undo, work: UndoWork) -> None:
    ranks = await _ranks(tasks, work)
    moved = [change for change in tasks.values() if change.task.id in ranks]
    if moved:
        await work.order.record_former_places([change.task for change in moved])
    if gone_over := [change for change in moved if change.goes_over]:
        await work.tasks.record_former_keys([change.task for change in gone_over])
        keys = [(change.home.key, change.number) for change in gone_over]
        await work.forget_former_keys(undo.stream_id, keys)
    async for change in in_turns(tasks.values()):
        if change.is_restored:
            project = projects.get(change.home.id)
            change.restore(is_with_project=project is not None and project.is_restored, now=undo.now)
        change.change(ranks.get(change.task.id), undo.now)


async def _ranks(tasks: Tasks, work: UndoWork) -> dict[UUID, str]:
    """The places of tasks that are moved back, by the id of the task.

    Raises:
        NotUndoable: nobody knows where a task was that was only moved.
    """
    ranks: dict[UUID, str] = {}
    former: dict[UUID, list[tuple[Task, str]]] = {}
    homes = {change.home.id: change.home for change in tasks.values()}
    for change in tasks.values():
        if change.rank is not None:
            former.setdefault(change.home.id, []).append((change.task, change.rank))
        elif change.goes_over:
            (ranks[change.task.id],) = (await work.projects.allocate(change.home, places=1)).ranks
        elif change.effect.has(TASK_MOVED) and not change.effect.changes:
            raise NotUndoable("The log does not know where the task was: it was moved by an earlier version of the service.")
    for project_id, places in former.items():
        given = await ranks_for(homes[project_id], places, work)
        ranks.update(zip([task.id for task, _ in places], given, strict=True))
    return ranks


async def _trash_tasks(tasks: Tasks, projects: Projects, undo: Undo) -> None:
    """Each with its topmost ancestor that goes to the trash as well, or with its project: they come back together."""
    trashed = {id: change for id, change in tasks.items() if change.is_trashed}
    async for change in in_turns(trashed.values()):
        project, leader = projects.get(change.home.id), _leader(change, trashed)
        if project is not None and project.is_trashed:
            change.task.trash_with(project.project.id, now=undo.now, since=change.trashed_since)
        elif leader is change:
            change.task.trash(project=change.home, now=undo.now, since=change.trashed_since)
        else:
            change.home.require_open()
            change.task.trash_with(leader.task.id, now=undo.now, since=change.trashed_since)


def _leader(change: TaskChange, trashed: Tasks) -> TaskChange:
    parent_id = change.content.parent_id
    return _leader(trashed[parent_id], trashed) if parent_id in trashed else change
