"""Delete a label and remove it from its tasks."""

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
    """Removes it from all its tasks, also in archived projects and in the trash. Each task gets a new version and an event.

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
