"""Change the content of a task: the fields that a client can set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.application.tasks.reference_checker import ReferenceChecker
from taskhub.tasks.contract.references import TaskRef
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class ChangeTask:
    """``values``: the fields of `Content` to replace, as the client sent them. Other fields stay as they are."""

    workspace_id: UUID
    task: TaskRef
    values: dict[str, Any]
    expected: Expected


async def change_task(command: ChangeTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Raises:
    NotFound
    StaleVersion
    UnknownReference: a new reference of the content does not exist.
    ExternalKeyTaken
    Cycle, TooDeep
    ProjectArchived
    ValidationFailed: the project has no such status.
    IllegalTransition
    """
    await lock_keys(command.values, uow)
    references = await ReferenceChecker.lock(command.workspace_id, [command.values], uow)
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    return await changed(task, project, command.values, references, uow, clock())


async def lock_keys(values: dict[str, Any], uow: TasksUnitOfWork) -> None:
    """Whoever takes external keys off a task and gives it others does it under the lock of the workspace (decision 40)."""
    if "external_keys" in values:
        await uow.lock()


async def changed(
    task: Task, project: Project, values: dict[str, Any], references: ReferenceChecker, uow: TasksUnitOfWork, now: datetime
) -> Task:
    """Raises: what `change_task` does."""
    await references.load({task.id: values}, uow)
    content = task.content.changed(values)
    references.check(task.id, project, values, content, task.content)
    task.change(content, project=project, now=now)
    return task
