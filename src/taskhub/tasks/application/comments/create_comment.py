"""Comment on a task."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.tasks.application.ports import TaskRef, TasksUnitOfWork
from taskhub.tasks.domain.comment import Comment, named_in


@dataclass(frozen=True, slots=True)
class CreateComment:
    workspace_id: UUID
    task: TaskRef
    id: UUID
    body: str
    actor_id: UUID


async def create_comment(command: CreateComment, uow: TasksUnitOfWork, *, clock: Clock) -> Comment:
    """Raises:
    NotFound: no such task.
    ProjectArchived
    IdTaken
    """
    task_id = await uow.tasks.require_open(command.workspace_id, command.task)
    comment = Comment.create(
        workspace_id=command.workspace_id,
        id=command.id,
        task_id=task_id,
        author_id=command.actor_id,
        body=command.body,
        members=await uow.memberships.find_members(command.workspace_id, named_in(command.body)),
        now=clock(),
    )
    uow.comments.add(comment)
    return comment
