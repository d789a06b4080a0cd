"""Create a workspace."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.workspace import Workspace


@dataclass(frozen=True, slots=True)
class CreateWorkspace:
    id: UUID
    name: str
    time_zone: str
    owner_id: UUID


async def create_workspace(command: CreateWorkspace, uow: WorkspacesUnitOfWork, *, clock: Clock) -> Workspace:
    """The actor becomes the owner.

    Raises:
        IdTaken
        InvalidToken: the account was closed.
    """
    now = clock()
    await uow.accounts.require(command.owner_id)
    workspace = Workspace.create(id=command.id, name=command.name, time_zone=command.time_zone, now=now)
    uow.workspaces.add(workspace)
    uow.members.add(Member.join(workspace_id=command.id, user_id=command.owner_id, role=Role.OWNER, now=now))
    return workspace
