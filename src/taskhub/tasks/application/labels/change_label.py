"""Change what a label is called and looks like."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.tasks.application.ports import TasksUnitOfWork
from taskhub.tasks.domain.label import Label


@dataclass(frozen=True, slots=True)
class ChangeLabel:
    """``changes`` may hold ``name`` and ``color``."""

    workspace_id: UUID
    id: UUID
    changes: dict[str, Any]
    expected: Expected


async def change_label(command: ChangeLabel, uow: TasksUnitOfWork, *, clock: Clock) -> Label:
    """Raises:
    NotFound
    StaleVersion
    NameTaken
    """
    label = await uow.labels.get(command.workspace_id, command.id, expected=command.expected)
    label.update(name=command.changes.get("name", label.name), color=command.changes.get("color", label.color), now=clock())
    return label
