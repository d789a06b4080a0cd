"""Take an invitation back before it is used."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.versions import require_version
from taskhub.kernel.domain.errors import NotFound
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork
from taskhub.workspaces.domain.rights import require_may_manage


@dataclass(frozen=True, slots=True)
class RevokeInvitation:
    workspace_id: UUID
    id: UUID
    actor_id: UUID
    expected: Expected


async def revoke_invitation(command: RevokeInvitation, uow: WorkspacesUnitOfWork, *, clock: Clock) -> None:
    """Whoever may invite to a role may take such an invitation back.

    Raises:
        NotFound: there is none, or it is used or expired.
        NotAllowed
        StaleVersion
    """
    now = clock()
    actor = await uow.members.find(command.workspace_id, command.actor_id)
    if actor is None or not actor.is_active:
        raise NotFound
    invitation = await uow.invitations.find(command.workspace_id, command.id)
    if invitation is None or not invitation.is_open(now):
        raise NotFound
    require_may_manage(actor.role, invitation.role)
    require_version(invitation, command.expected)
    invitation.revoke(now)
