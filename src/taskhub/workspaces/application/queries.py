"""What can be read about workspaces, past the aggregates."""

from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from taskhub.workspaces.application.views import DeletedWorkspace, InvitationView, MemberView, WorkspaceForMember


class Position(NamedTuple):
    """Where a page starts: after this row, lists being ordered by the instant, then the id."""

    at: datetime
    id: UUID


class WorkspaceQueries(Protocol):
    async def workspace(self, workspace_id: UUID, user_id: UUID) -> WorkspaceForMember | None:
        """The workspace as this member sees it."""

    async def workspaces_of(
        self, user_id: UUID, *, only: UUID | None, after: Position | None, limit: int
    ) -> list[WorkspaceForMember]:
        """The workspaces that a user is a member of, the oldest first. ``only`` one of them, where given."""

    async def member(self, workspace_id: UUID, user_id: UUID) -> MemberView | None:
        """A member, or somebody who has left."""

    async def members(self, workspace_id: UUID, *, former: bool, after: Position | None, limit: int) -> list[MemberView]:
        """The members of a workspace in the order in which they joined, or those who have left in the order of leaving."""

    async def invitations(self, workspace_id: UUID, *, now: datetime, after: Position | None, limit: int) -> list[InvitationView]:
        """The invitations that can still be accepted, the oldest first."""

    async def deleted_workspaces(self, now: datetime) -> list[DeletedWorkspace]:
        """The workspaces that can still be restored, the last deleted first."""
