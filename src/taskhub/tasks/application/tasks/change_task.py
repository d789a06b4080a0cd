"""Change what a client may set on a task."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import TaskRef, TasksUnitOfWork
from taskhub.tasks.application.tasks.reference_checker import ReferenceChecker
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class ChangeTask:
    """``values`` holds the members of `Content` to replace, as they were given; those it does not name stay as they are."""

    workspace_id: UUID
    task: TaskRef
    values: dict[str, Any]
    expected: Expected


async def change_task(command: ChangeTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Raises:
    NotFound
    StaleVersion
    UnknownReference: something new that the content names is not there.
    Cycle, TooDeep
    ProjectArchived
    ValidationFailed: the project has no such status.
    IllegalTransition
    """
    references = await ReferenceChecker.lock(command.workspace_id, [command.values], uow)
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    await references.load({task.id: command.values}, uow)
    content = task.content.changed(command.values)
    references.check(task.id, project, command.values, content, task.content)
    task.change(content, project=project, now=clock())
    return task
