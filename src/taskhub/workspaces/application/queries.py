"""Reads of workspaces, members and invitations."""

from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from taskhub.workspaces.application.views import DeletedWorkspace, InvitationView, MemberView, WorkspaceForMember


class Position(NamedTuple):
    """A page starts after this row. Lists are sorted by the instant, then by the id."""

    at: datetime
    id: UUID


class WorkspaceQueries(Protocol):
    async def workspace(self, workspace_id: UUID, user_id: UUID) -> WorkspaceForMember | None:
        """The workspace as this member sees it."""

    async def workspaces_of(
        self, user_id: UUID, *, only: UUID | None, after: Position | None, limit: int
    ) -> list[WorkspaceForMember]:
        """The workspaces of a user, oldest first. ``only``: restricts the list to this one."""

    async def member(self, workspace_id: UUID, user_id: UUID) -> MemberView | None:
        """A current or former member."""

    async def members(self, workspace_id: UUID, *, former: bool, after: Position | None, limit: int) -> list[MemberView]:
        """The members of a workspace in the order of joining, or the former members in the order of leaving."""

    async def invitations(self, workspace_id: UUID, *, now: datetime, after: Position | None, limit: int) -> list[InvitationView]:
        """The invitations that can still be accepted, oldest first."""

    async def deleted_workspaces(self, now: datetime) -> list[DeletedWorkspace]:
        """The deleted workspaces that can still be restored, the last deleted one first."""
