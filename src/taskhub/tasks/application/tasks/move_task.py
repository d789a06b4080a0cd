"""Move a task: in the order of its project, to another parent, or to another project."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.errors import Fault, ValidationFailed
from taskhub.tasks.application.ports import RankGap, TaskSubtree, TasksUnitOfWork
from taskhub.tasks.application.tasks.places import rank_at, ranks_at
from taskhub.tasks.application.tasks.reference_checker import ReferenceChecker, is_structural, require_project
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.domain.place import Place
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content, Task


@dataclass(frozen=True, slots=True)
class MoveTask:
    """``values`` may contain ``status`` and ``parent_id``. ``project_id``: None if the task stays in its project."""

    workspace_id: UUID
    task: TaskRef
    place: Place
    project_id: UUID | None
    values: dict[str, Any]
    expected: Expected


async def move_task(command: MoveTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """All subtasks are moved to another project with the task. Each gets a new number, and a position directly after the one
    before it.

    Raises:
        NotFound
        StaleVersion
        UnknownReference: no such project or parent, or no such task to move before or after.
        ProjectArchived
        ValidationFailed: the project has no such status, or the task was to be moved before or after itself.
        IllegalTransition
        Cycle, TooDeep
    """
    if command.project_id is not None or is_structural([command.values]):
        await uow.lock()
    subtree, gap = await _load(command, uow)
    task, target = subtree.task, require_project(subtree.target)
    if command.place.of == task.id:
        raise ValidationFailed(
            Fault("itself", "A task can't be moved before or after itself.", pointer=f"/{command.place.side.value}")
        )
    content = await _new_content(command, task, target, uow)
    if target is subtree.project:
        rank = await rank_at(target, command.place, task, uow, gap=gap)
        task.move(content, rank, project=target, now=clock())
    else:
        await _move_to_project(subtree, target, command, content, uow, now=clock())
    return task


async def _load(command: MoveTask, uow: TasksUnitOfWork) -> tuple[TaskSubtree, RankGap | None]:
    """The descendants are needed only for a move to another project, where the gap is looked for later."""
    workspace_id, expected = command.workspace_id, command.expected
    if command.project_id is None:
        task, project, gap = await uow.order.find(workspace_id, command.task, command.place, expected=expected)
        return TaskSubtree(task, project, None, (), project), gap
    return await uow.tasks.get_subtree(workspace_id, command.task, expected=expected, target_id=command.project_id), None


async def _new_content(command: MoveTask, task: Task, target: Project, uow: TasksUnitOfWork) -> Content:
    """The new content of the task. In another project the task loses its parent."""
    before = task.content if target.id == task.project_id else replace(task.content, parent_id=None)
    content = before.changed(command.values)
    references = ReferenceChecker(command.workspace_id)
    await references.load({task.id: command.values}, uow)
    references.check(task.id, target, command.values, content, before)
    return content


async def _move_to_project(
    subtree: TaskSubtree, target: Project, command: MoveTask, content: Content, uow: TasksUnitOfWork, *, now: datetime
) -> None:
    subtree.project.require_open()
    tasks = [subtree.task, *subtree.descendants]
    await uow.tasks.record_former_keys(tasks)
    reserved = await uow.projects.allocate(target, numbers=len(tasks), places=len(tasks))
    ranks = await ranks_at(target, command.place, tasks, reserved.ranks, uow)
    status = command.values.get("status")
    contents = [content, *(_with_valid_status(task.content, status, target) for task in subtree.descendants)]
    for task, number, rank, its_content in zip(tasks, reserved.numbers, ranks, contents, strict=True):
        task.move_to_project(target, number, rank, its_content, now=now)


def _with_valid_status(content: Content, status: str | None, target: Project) -> Content:
    """A descendant keeps its status if the other project has it, otherwise it gets the status in the request."""
    return content if target.workflow.has(content.status) or status is None else replace(content, status=status)
