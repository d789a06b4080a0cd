"""Change what a client may set on a task."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.assignees import require_members
from taskhub.tasks.application.ports import TaskRef, TasksUnitOfWork
from taskhub.tasks.domain.task import Task


@dataclass(frozen=True, slots=True)
class ChangeTask:
    """``changes`` holds the members of `Content` to replace; those it does not name stay as they are."""

    workspace_id: UUID
    task: TaskRef
    changes: dict[str, Any]
    expected: Expected


async def change_task(command: ChangeTask, uow: TasksUnitOfWork, *, clock: Clock) -> Task:
    """Raises:
    NotFound
    StaleVersion
    ProjectArchived
    UnknownReference: a new assignee is no member.
    """
    task, project = await uow.tasks.get_in_project(command.workspace_id, command.task, expected=command.expected)
    newcomers = tuple(id for id in command.changes.get("assignee_ids", ()) if id not in task.content.assignee_ids)
    await require_members(command.workspace_id, newcomers, uow)
    task.change(replace(task.content, **command.changes), project=project, now=clock())
    return task
