"""Remove a member, or leave."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.versions import require_version
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork


@dataclass(frozen=True, slots=True)
class RemoveMember:
    workspace_id: UUID
    user_id: UUID
    actor_id: UUID
    expected: Expected


async def remove_member(command: RemoveMember, uow: WorkspacesUnitOfWork, *, clock: Clock) -> None:
    """Everyone may remove themselves.

    Raises:
        NotFound
        NotAllowed
        StaleVersion
        LastOwner
    """
    await uow.lock()
    await uow.workspaces.get(command.workspace_id)
    roster = await uow.members.roster(command.workspace_id, (command.actor_id, command.user_id))
    if command.user_id == command.actor_id:
        member = roster.member(command.user_id)
    else:
        member = roster.member_to_manage(command.user_id, by=command.actor_id)
    require_version(member, command.expected)
    roster.remove(member, clock())
