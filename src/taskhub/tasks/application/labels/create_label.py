"""Create a label."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.label import Label


@dataclass(frozen=True, slots=True)
class CreateLabel:
    """``values`` holds what a client may set on a label."""

    workspace_id: UUID
    id: UUID
    values: dict[str, Any]


async def create_label(command: CreateLabel, uow: TasksUnitOfWork, *, clock: Clock) -> Label:
    """Raises:
    NameTaken
    IdTaken
    """
    label = Label.create(workspace_id=command.workspace_id, id=command.id, now=clock(), **command.values)
    uow.labels.add(label)
    return label
