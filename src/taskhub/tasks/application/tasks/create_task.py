"""Create a task in a project."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.application.tasks.reference_checker import ReferenceChecker, require_project
from taskhub.tasks.domain.project import Project
from taskhub.tasks.domain.task import Content, Task


@dataclass(frozen=True, slots=True)
class CreateTask:
    """``values``: the fields of `Content` that the client sent. Without a status the task gets the first one of the project."""

    workspace_id: UUID
    id: UUID
    project_id: UUID
    values: dict[str, Any]
    actor_id: UUID


async def create_task(command: CreateTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Raises:
    UnknownReference: no such project, or the content refers to something that does not exist.
    ExternalKeyTaken
    ProjectArchived
    ValidationFailed: the project has no such status.
    TooDeep
    """
    references = await ReferenceChecker.lock(command.workspace_id, [command.values], uow)
    return await created(command, references, uow, clock())


async def created(command: CreateTask, references: ReferenceChecker, uow: TasksUnitOfWork, now: datetime) -> Task:
    """Raises: what `create_task` does."""
    project = require_project(await uow.projects.find(command.workspace_id, command.project_id))
    await references.load({command.id: command.values}, uow)
    content = content_of(command.values, project)
    references.check(command.id, project, command.values, content)
    task = Task.create(id=command.id, project=project, content=content, created_by_id=command.actor_id, now=now)
    uow.tasks.add(task)
    return task


def content_of(values: dict[str, Any], project: Project) -> Content:
    return Content.of({"status": project.workflow.first, **values})
