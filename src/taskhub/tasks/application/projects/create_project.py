"""Create a project."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.project import Project


@dataclass(frozen=True, slots=True)
class CreateProject:
    workspace_id: UUID
    id: UUID
    key: str
    name: str
    description: str | None
    actor_id: UUID


async def create_project(command: CreateProject, uow: TasksUnitOfWork, *, clock: Clock) -> Project:
    """Raises:
    KeyTaken
    IdTaken
    """
    project = Project.create(
        workspace_id=command.workspace_id,
        id=command.id,
        key=command.key,
        name=command.name,
        description=command.description,
        created_by_id=command.actor_id,
        now=clock(),
    )
    uow.projects.add(project)
    return project
