"""Reads of workspaces, members and invitations."""

from datetime import datetime
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.workspaces.application.views import DeletedWorkspace, InvitationView, MemberView, WorkspaceForMember


class WorkspaceSort(Enum):
    """Instants, where they are equal told apart by the id: of workspaces, invitations and members, and of those who left."""

    CREATED_AT = "created_at"
    JOINED_AT = "joined_at"
    LEFT_AT = "left_at"


OLDEST_FIRST, IN_ORDER_OF_JOINING, IN_ORDER_OF_LEAVING = map(SortOrder, WorkspaceSort)
POSITIONS: dict[Enum, Any] = dict.fromkeys(WorkspaceSort, tuple[datetime, UUID])


class WorkspaceQueries(Protocol):
    async def workspace(self, workspace_id: UUID, user_id: UUID) -> WorkspaceForMember | None:
        """The workspace as this member sees it."""

    async def workspaces_of(
        self, user_id: UUID, page: PageRequest[WorkspaceSort], *, only: UUID | None
    ) -> PageSlice[WorkspaceForMember]:
        """The workspaces that a user is a member of, the oldest first. ``only`` one of them, where given."""

    async def member(self, workspace_id: UUID, user_id: UUID) -> MemberView | None:
        """A current or former member."""

    async def members(self, workspace_id: UUID, page: PageRequest[WorkspaceSort]) -> PageSlice[MemberView]:
        """The members of a workspace in the order of joining, or those who have left in the order of leaving."""

    async def invitations(
        self, workspace_id: UUID, page: PageRequest[WorkspaceSort], *, now: datetime
    ) -> PageSlice[InvitationView]:
        """The invitations that can still be accepted, the oldest first."""

    async def deleted_workspaces(self, now: datetime) -> list[DeletedWorkspace]:
        """The deleted workspaces that can still be restored, the last deleted one first."""
