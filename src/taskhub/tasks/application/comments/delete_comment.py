"""Delete a comment."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.versions import require_version
from taskhub.tasks.application.ports import TaskRef, TasksUnitOfWork


@dataclass(frozen=True, slots=True)
class DeleteComment:
    """``moderates``: whether the caller may delete what others have written."""

    workspace_id: UUID
    task: TaskRef
    id: UUID
    actor_id: UUID
    moderates: bool
    expected: Expected


async def delete_comment(command: DeleteComment, uow: TasksUnitOfWork, *, clock: Clock) -> None:
    """An archived project does not stop it: what must not stay can be removed.

    Raises:
        NotFound
        NotAllowed: it is somebody else's, and the caller does not moderate.
        StaleVersion
    """
    task_id = await uow.tasks.identify(command.workspace_id, command.task)
    comment = await uow.comments.get_of(command.workspace_id, task_id, command.id)
    comment.delete(actor_id=command.actor_id, moderates=command.moderates, now=clock())
    require_version(comment, command.expected)
    uow.comments.remove(comment)
