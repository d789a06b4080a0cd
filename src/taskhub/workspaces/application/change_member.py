"""Give a member another role."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.versions import require_version
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.member import Member


@dataclass(frozen=True, slots=True)
class ChangeMember:
    """``role`` None leaves it as it is."""

    workspace_id: UUID
    user_id: UUID
    role: Role | None
    actor_id: UUID
    expected: Expected


async def change_member(command: ChangeMember, uow: WorkspacesUnitOfWork, *, clock: Clock) -> Member:
    """Raises:
    NotFound
    NotAllowed
    StaleVersion
    LastOwner
    """
    await uow.lock()
    await uow.workspaces.get(command.workspace_id)
    roster = await uow.members.roster(command.workspace_id, (command.actor_id, command.user_id))
    member = roster.member_to_manage(command.user_id, by=command.actor_id, giving=command.role or Role.VIEWER)
    require_version(member, command.expected)
    if command.role is not None:
        roster.change_role(member, command.role, clock())
    return member
