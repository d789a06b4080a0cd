"""Create an invitation for a role in a workspace."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import Fault, NotFound, ValidationFailed
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.invitation import LIFETIME, MAX_LIFETIME, Invitation
from taskhub.workspaces.domain.invitation_token import InvitationToken
from taskhub.workspaces.domain.rights import require_may_manage


@dataclass(frozen=True, slots=True)
class CreateInvitation:
    """``token`` contains the ids of the workspace and of the new invitation. ``expires_at``: None for the default lifetime."""

    token: InvitationToken
    role: Role
    expires_at: datetime | None
    actor_id: UUID


async def create_invitation(command: CreateInvitation, uow: WorkspacesUnitOfWork, *, clock: Clock) -> Invitation:
    """Raises:
    NotFound: the actor is no longer a member.
    NotAllowed: the actor can't invite to this role.
    ValidationFailed: the expiry is in the past or too far in the future.
    IdTaken
    """
    token, now = command.token, clock()
    actor = await uow.members.find(token.workspace_id, command.actor_id)
    if actor is None or not actor.is_active:
        raise NotFound
    require_may_manage(actor.role, command.role)
    invitation = Invitation.create(
        workspace_id=token.workspace_id,
        id=token.id,
        role=command.role,
        digest=token.digest,
        created_by_id=command.actor_id,
        expires_at=_expiry(command.expires_at, now),
        now=now,
    )
    uow.invitations.add(invitation)
    return invitation


def _expiry(wanted: datetime | None, now: datetime) -> datetime:
    if wanted is None:
        return now + LIFETIME
    if not now < wanted <= now + MAX_LIFETIME:
        raise ValidationFailed(
            Fault("out_of_range", f"Expected a time within the next {MAX_LIFETIME.days} days.", pointer="/expires_at")
        )
    return wanted
