"""Change what a project is called and said to be."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.project import Project


@dataclass(frozen=True, slots=True)
class ChangeProject:
    """``changes`` may hold ``name`` and ``description``."""

    workspace_id: UUID
    id: UUID
    changes: dict[str, Any]
    expected: Expected


async def change_project(command: ChangeProject, uow: TasksUnitOfWork, *, clock: Clock) -> Project:
    """Raises:
    NotFound
    StaleVersion
    """
    project = await uow.projects.get(command.workspace_id, command.id, expected=command.expected)
    project.update(
        name=command.changes.get("name", project.name),
        description=command.changes.get("description", project.description),
        now=clock(),
    )
    return project
