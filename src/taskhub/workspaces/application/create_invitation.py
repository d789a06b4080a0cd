"""Invite somebody, whoever it will be, to a role."""

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
    """``token`` names the workspace and the new invitation. ``expires_at`` None stands for the usual lifetime."""

    token: InvitationToken
    role: Role
    expires_at: datetime | None
    actor_id: UUID


async def create_invitation(command: CreateInvitation, uow: WorkspacesUnitOfWork, *, clock: Clock) -> Invitation:
    """Raises:
    NotFound: the actor is no member any more.
    NotAllowed: the role is not the actor's to give.
    ValidationFailed: it would expire too soon or too late.
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
            Fault("out_of_range", f"Expected an instant within the next {MAX_LIFETIME.days} days.", pointer="/expires_at")
        )
    return wanted
