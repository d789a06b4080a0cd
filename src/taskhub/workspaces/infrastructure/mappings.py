"""Workspaces, members and invitations as rows."""

from taskhub.kernel.infrastructure.unit_of_work.fields import Converted, Fields
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.workspaces.application.views import (
    InvitationView,
    MemberView,
    WorkspaceView,
    invitation_view,
    member_view,
    workspace_view,
)
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.errors import AlreadyMember
from taskhub.workspaces.domain.invitation import Invitation
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.workspace import Workspace
from taskhub.workspaces.infrastructure.rows import InvitationRow, MemberRow, WorkspaceRow

ROLES = {int(role): role for role in Role}

_WITH_ROLE = Fields(stored={"role": Converted(load=ROLES, dump=int)})

WORKSPACES = Mapping(
    Workspace,
    WorkspaceRow,
    WorkspaceView,
    lock_rank=10,
    represent=workspace_view,
    key=("id",),
)
MEMBERS = Mapping(
    Member,
    MemberRow,
    MemberView,
    lock_rank=20,
    represent=member_view,
    fields=_WITH_ROLE,
    key=("workspace_id", "user_id"),
    constraints={"pk_members": AlreadyMember},
)
INVITATIONS = Mapping(
    Invitation,
    InvitationRow,
    InvitationView,
    lock_rank=25,
    represent=invitation_view,
    fields=_WITH_ROLE,
    key=("workspace_id", "id"),
)
