"""Create a project."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.project import Project


@dataclass(frozen=True, slots=True)
class CreateProject:
    """``values`` holds what a client may set on a project."""

    workspace_id: UUID
    id: UUID
    values: dict[str, Any]
    actor_id: UUID


async def create_project(command: CreateProject, uow: TasksUnitOfWork, *, clock: Clock) -> Project:
    """Raises:
    KeyTaken
    IdTaken
    """
    project = Project.create(
        workspace_id=command.workspace_id,
        id=command.id,
        created_by_id=command.actor_id,
        now=clock(),
        **command.values,
    )
    uow.projects.add(project)
    return project
