"""Change the name or the time zone of a workspace."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork
from taskhub.workspaces.domain.workspace import Workspace


@dataclass(frozen=True, slots=True)
class ChangeWorkspace:
    """``changes`` may contain ``name`` and ``time_zone``."""

    id: UUID
    changes: dict[str, str]
    expected: Expected


async def change_workspace(command: ChangeWorkspace, uow: WorkspacesUnitOfWork, *, clock: Clock) -> Workspace:
    """Raises:
    NotFound
    StaleVersion
    """
    workspace = await uow.workspaces.get(command.id, expected=command.expected)
    workspace.change(
        name=command.changes.get("name", workspace.name),
        time_zone=command.changes.get("time_zone", workspace.time_zone),
        now=clock(),
    )
    return workspace
