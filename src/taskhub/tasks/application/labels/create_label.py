"""Create a label."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.label import Label


@dataclass(frozen=True, slots=True)
class CreateLabel:
    workspace_id: UUID
    id: UUID
    name: str
    color: str


async def create_label(command: CreateLabel, uow: TasksUnitOfWork, *, clock: Clock) -> Label:
    """Raises:
    NameTaken
    IdTaken
    """
    label = Label.create(workspace_id=command.workspace_id, id=command.id, name=command.name, color=command.color, now=clock())
    uow.labels.add(label)
    return label
