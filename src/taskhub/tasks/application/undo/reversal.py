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
        async for change in in_turns(tasks.values()):
            change.check_project(projects, undo.conflicts)
            change.check_keys(tasks, loaded.key_owners, undo.conflicts)
        graphs.find_conflicts(tasks, undo.conflicts)
        await find_left_tasks(projects.values(), tasks, undo, work)
        await label_changes.find_conflicts(loaded, undo, work)
        comment_changes.find_conflicts(loaded, tasks, undo)
        undo.conflicts.check()
        graphs.check(tasks)
        await _open(projects, tasks, undo, work)
        await label_changes.take_back(loaded, undo, work)
        await _change_tasks(tasks, projects, undo, work)
        await comment_changes.take_back(loaded, undo, work)
        await _restore_tasks(tasks, projects, undo)
        await _trash_tasks(tasks, projects, undo)
        for project in projects.values():
            project.close(undo.now)


async def _open(projects: Projects, tasks: Tasks, undo: Undo, work: UndoWork) -> None:
    for change in projects.values():
        own = [task for task in tasks.values() if task.home is change.project]
        gets_status = any(task.content.status != task.task.content.status for task in own)
        if change.has_other_workflow and gets_status and not change.is_opened:
            change.project.require_open()
        await change.open([task.task.id for task in own], [task.content.status for task in own], undo.now, work)


async def _change_tasks(tasks: Tasks, projects: Projects, undo: Undo, work: UndoWork) -> None:
    ranks = await _ranks(tasks, work)
    if renumbered := [change for change in tasks.values() if change.task.id in ranks and change.gets_other_key]:
        await work.tasks.record_former_keys([change.task for change in renumbered])
        keys = [(change.home.key, change.number) for change in renumbered]
        await work.forget_former_keys(undo.stream_id, keys)
    async for change in in_turns(tasks.values()):
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
        elif change.gets_other_key:
            (ranks[change.task.id],) = (await work.projects.allocate(change.home, places=1)).ranks
        elif change.effect.has(TASK_MOVED) and not change.effect.changes:
            raise NotUndoable("The log does not know where the task was: it was moved by an earlier version of the service.")
    for project_id, places in former.items():
        given = await ranks_for(homes[project_id], places, work)
        ranks.update(zip([task.id for task, _ in places], given, strict=True))
    return ranks


async def _restore_tasks(tasks: Tasks, projects: Projects, undo: Undo) -> None:
    async for change in in_turns([change for change in tasks.values() if change.is_restored]):
        project = projects.get(change.home.id)
        change.restore(is_with_project=project is not None and project.is_restored, now=undo.now)


async def _trash_tasks(tasks: Tasks, projects: Projects, undo: Undo) -> None:
    """Each with its topmost ancestor that goes to the trash as well, or with its project: they come back together. Those that had
    been there since other moments go there by themselves.
    """
    restored = {one.project.id for one in projects.values() if one.is_restored} | {id for id in tasks if tasks[id].is_restored}
    for change in tasks.values():
        change.leave_behind(restored)
    trashed = {id: change for id, change in tasks.items() if change.is_trashed or change.is_trashed_anew}
    async for change in in_turns(trashed.values()):
        project, leader = projects.get(change.home.id), _leader(change, trashed)
        if change.is_trashed_anew:
            change.task.untrash(undo.now)
        if project is not None and project.takes_along(change.trashed_at):
            change.task.trash_with(project.project.id, now=undo.now, since=change.trashed_since)
        elif leader is change:
            change.task.trash(project=change.home, now=undo.now, since=change.trashed_since)
        else:
            change.home.require_open()
            change.task.trash_with(leader.task.id, now=undo.now, since=change.trashed_since)


def _leader(change: TaskChange, trashed: Tasks) -> TaskChange:
    parent = trashed.get(change.content.parent_id) if change.content.parent_id else None
    return _leader(parent, trashed) if parent is not None and parent.trashed_at == change.trashed_at else change
