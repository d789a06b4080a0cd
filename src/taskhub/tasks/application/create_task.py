"""Create a task in a project."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import Fault, UnknownReference
from taskhub.tasks.application.assignees import require_members
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.task import Content, Task


@dataclass(frozen=True, slots=True)
class CreateTask:
    workspace_id: UUID
    id: UUID
    project_id: UUID
    content: Content
    actor_id: UUID


async def create_task(command: CreateTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Raises:
    UnknownReference: no such project, or an assignee who is no member.
    ProjectArchived
    """
    project = await uow.projects.find(command.workspace_id, command.project_id)
    if project is None:
        raise UnknownReference(Fault("unknown_reference", "no project of this workspace", pointer="/project_id"))
    task = Task.create(id=command.id, project=project, content=command.content, created_by_id=command.actor_id, now=clock())
    await require_members(command.workspace_id, command.content.assignee_ids, uow)
    uow.tasks.add(task)
    return task
