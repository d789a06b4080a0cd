"""Join a workspace with the token of an invitation."""

from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.domain.errors import NotFound
from taskhub.workspaces.application.ports import WorkspacesUnitOfWork
from taskhub.workspaces.domain.invitation_token import InvitationToken
from taskhub.workspaces.domain.member import Member


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    token: InvitationToken
    user_id: UUID


async def accept_invitation(command: AcceptInvitation, uow: WorkspacesUnitOfWork, *, clock: Clock) -> Member:
    """Raises:
    NotFound: the token is unknown, used or expired, or its workspace was deleted.
    AlreadyMember: the invitation stays valid.
    InvalidToken: the account was closed.
    """
    token, now = command.token, clock()
    if await uow.workspaces.find(token.workspace_id) is None:
        raise NotFound
    member = await uow.members.find(token.workspace_id, command.user_id)
    invitation = await uow.invitations.find(token.workspace_id, token.id)
    if invitation is None or not token.opens(invitation.digest) or not invitation.is_open(now):
        raise NotFound
    if member is None:
        member = Member.join(workspace_id=token.workspace_id, user_id=command.user_id, role=invitation.role, now=now)
        uow.members.add(member)
    else:
        member.rejoin(invitation.role, now)
    invitation.accept(now)
    await uow.accounts.require(command.user_id)
    return member
