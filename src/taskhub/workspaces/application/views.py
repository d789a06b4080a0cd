"""The representations of workspaces, members and invitations.

The event log contains `WorkspaceView` and `MemberView`. Fields that depend on the caller, or come from another module, are added
for each response.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from taskhub.kernel.contract.known_values import known_values
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.invitation import Invitation
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.workspace import RESTORABLE, Workspace

ROLE_KEYS = {role: role.key for role in Role}
ROLE = known_values("Role", ROLE_KEYS.values())

RoleKey = Annotated[str, msgspec.Meta(extra_json_schema=ROLE)]


class WorkspaceView(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    time_zone: str
    version: int
    created_at: datetime
    updated_at: datetime


class WorkspaceForMember(msgspec.Struct, frozen=True):
    """A workspace with the role of the caller."""

    id: UUID
    name: str
    time_zone: str
    role: RoleKey
    version: int
    created_at: datetime
    updated_at: datetime


class MemberView(msgspec.Struct, frozen=True):
    """``role`` is None for a former member. Events from before revision 0009 have no ``left_at``."""

    user_id: UUID
    role: RoleKey | None
    version: int
    joined_at: datetime
    left_at: datetime | None = None


class NamedMember(msgspec.Struct, frozen=True):
    """A current or former member, with the name and the email of their account."""

    user_id: UUID
    name: str
    email: str | None
    role: RoleKey | None
    version: int
    joined_at: datetime
    left_at: datetime | None


class InvitationView(msgspec.Struct, frozen=True):
    id: UUID
    role: RoleKey
    created_by_id: UUID
    expires_at: datetime
    created_at: datetime


class IssuedInvitation(msgspec.Struct, frozen=True):
    """An invitation with its token, which is shown only once."""

    id: UUID
    role: RoleKey
    created_by_id: UUID
    expires_at: datetime
    created_at: datetime
    token: str


class DeletedWorkspace(msgspec.Struct, frozen=True):
    """A workspace that an operator can restore."""

    id: UUID
    name: str
    deleted_at: datetime

    @property
    def restorable_until(self) -> datetime:
        return self.deleted_at + RESTORABLE


def workspace_view(workspace: Workspace) -> WorkspaceView:
    return WorkspaceView(
        workspace.id, workspace.name, workspace.time_zone, workspace.version, workspace.created_at, workspace.updated_at
    )


def workspace_for(view: WorkspaceView, role: Role) -> WorkspaceForMember:
    return WorkspaceForMember(view.id, view.name, view.time_zone, ROLE_KEYS[role], view.version, view.created_at, view.updated_at)


def member_view(member: Member) -> MemberView:
    role = ROLE_KEYS[member.role] if member.is_active else None
    return MemberView(member.user_id, role, member.version, member.joined_at, member.left_at)


def named_member(view: MemberView, name: str, email: str | None) -> NamedMember:
    """For a former member the workspace shows the name, but not the email."""
    shown = email if view.left_at is None else None
    return NamedMember(view.user_id, name, shown, view.role, view.version, view.joined_at, view.left_at)


def invitation_view(invitation: Invitation) -> InvitationView:
    return InvitationView(
        invitation.id, ROLE_KEYS[invitation.role], invitation.created_by_id, invitation.expires_at, invitation.created_at
    )


def issued_invitation(view: InvitationView, token: str) -> IssuedInvitation:
    return IssuedInvitation(view.id, view.role, view.created_by_id, view.expires_at, view.created_at, token)
