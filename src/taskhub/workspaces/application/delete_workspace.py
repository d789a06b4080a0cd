"""Delete a workspace. Nobody has access any more, but an operator can restore it for a while."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork


@dataclass(frozen=True, slots=True)
class DeleteWorkspace:
    id: UUID
    expected: Expected


async def delete_workspace(command: DeleteWorkspace, uow: WorkspacesUnitOfWork, *, clock: Clock) -> None:
    """Raises:
    NotFound
    StaleVersion
    """
    workspace = await uow.workspaces.get(command.id, expected=command.expected)
    workspace.delete(clock())
