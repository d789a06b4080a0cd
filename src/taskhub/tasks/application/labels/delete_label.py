"""Delete a label, and take it off its tasks."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import CASCADE_SECONDS, TasksUnitOfWork


@dataclass(frozen=True, slots=True)
class DeleteLabel:
    workspace_id: UUID
    id: UUID
    expected: Expected


async def delete_label(command: DeleteLabel, uow: TasksUnitOfWork, *, clock: Clock) -> None:
    """Takes it off all its tasks at once, each with its own version and event, wherever they are.

    Raises:
        NotFound
        StaleVersion
    """
    await uow.lock(seconds=CASCADE_SECONDS)
    label = await uow.labels.get(command.workspace_id, command.id, expected=command.expected)
    now = clock()
    label.delete(now)
    uow.labels.remove(label)
    await uow.cascades.remove_label(label, now=now)
