"""Change what one has said about a task."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.versions import require_version
from taskhub.tasks.application.ports import TaskRef, TasksUnitOfWork
from taskhub.tasks.domain.comment import Comment, named_in
from taskhub.tasks.domain.errors import ProjectArchived


@dataclass(frozen=True, slots=True)
class ChangeComment:
    workspace_id: UUID
    task: TaskRef
    id: UUID
    body: str | None
    actor_id: UUID
    expected: Expected


async def change_comment(command: ChangeComment, uow: TasksUnitOfWork, *, clock: Clock) -> Comment:
    """What is wrong with the request itself is told before that the project is archived.

    Raises:
        NotFound
        NotAllowed: it is somebody else's.
        StaleVersion
        ProjectArchived
    """
    refusal: ProjectArchived | None = None
    try:
        task_id = await uow.tasks.require_open(command.workspace_id, command.task)
    except ProjectArchived as archived:
        refusal, task_id = archived, await uow.tasks.identify(command.workspace_id, command.task)
    comment = await uow.comments.get_of(command.workspace_id, task_id, command.id)
    body = comment.body if command.body is None else command.body
    members = await uow.memberships.find_members(command.workspace_id, named_in(body))
    comment.edit(body, actor_id=command.actor_id, members=members, now=clock())
    require_version(comment, command.expected)
    if refusal is not None and comment.event is not None:
        raise refusal
    return comment
