"""Restore a deleted workspace. For operators."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import NotFound
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork
from taskhub.workspaces.domain.errors import NoOwner
from taskhub.workspaces.domain.workspace import Workspace


@dataclass(frozen=True, slots=True)
class RestoreWorkspace:
    id: UUID


async def restore_workspace(command: RestoreWorkspace, uow: WorkspacesUnitOfWork, *, clock: Clock) -> Workspace:
    """Members keep their roles. A workspace that is not deleted stays as it is.

    Raises:
        NotFound: the workspace does not exist, or was deleted too long ago.
        NoOwner
    """
    await uow.lock()
    now = clock()
    workspace = await uow.workspaces.get(command.id, with_deleted=True)
    if not workspace.is_deleted:
        return workspace
    if not workspace.is_restorable(now):
        raise NotFound("The workspace was deleted more than 30 days ago and can't be restored any more.")
    if not (await uow.members.roster(workspace.id, ())).has_owner:
        raise NoOwner
    workspace.restore(now)
    return workspace
