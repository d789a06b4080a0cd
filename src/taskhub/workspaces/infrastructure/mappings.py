"""Workspaces, members and invitations as rows."""

from typing import Any

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

WORKSPACE_COLUMNS = ("id", "name", "time_zone", "version", "created_at", "updated_at", "deleted_at")
MEMBER_COLUMNS = ("workspace_id", "user_id", "role", "joined_at", "left_at", "version", "updated_at")
INVITATION_COLUMNS = (
    "workspace_id",
    "id",
    "role",
    "digest",
    "created_by_id",
    "expires_at",
    "spent_at",
    "version",
    "created_at",
    "updated_at",
)


def _member_from_row(row: Any) -> Member:
    workspace_id, user_id, role, *rest = row
    return Member(workspace_id, user_id, ROLES[role], *rest)


def _invitation_from_row(row: Any) -> Invitation:
    workspace_id, id, role, *rest = row
    return Invitation(workspace_id, id, ROLES[role], *rest)


WORKSPACES = Mapping(
    Workspace,
    WorkspaceRow,
    WorkspaceView,
    lock_rank=10,
    represent=workspace_view,
    columns=WORKSPACE_COLUMNS,
    from_row=lambda row: Workspace(*row),
    key=("id",),
)
MEMBERS = Mapping(
    Member,
    MemberRow,
    MemberView,
    lock_rank=20,
    represent=member_view,
    columns=MEMBER_COLUMNS,
    from_row=_member_from_row,
    key=("workspace_id", "user_id"),
    constraints={"pk_members": AlreadyMember},
)
INVITATIONS = Mapping(
    Invitation,
    InvitationRow,
    InvitationView,
    lock_rank=25,
    represent=invitation_view,
    columns=INVITATION_COLUMNS,
    from_row=_invitation_from_row,
    key=("workspace_id", "id"),
)
