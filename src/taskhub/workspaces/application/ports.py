"""Ports: what the use cases of this module need from the infrastructure."""

from collections.abc import Iterable, Set
from typing import Protocol
from uuid import UUID

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.unit_of_work import UnitOfWork
from taskhub.users.contract.accounts import OpenAccounts
from taskhub.workspaces.contract.access import Grant
from taskhub.workspaces.domain.invitation import Invitation
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.roster import Roster
from taskhub.workspaces.domain.workspace import Workspace


class WorkspaceRepository(Protocol):
    async def find(self, id: UUID, /, *, with_deleted: bool = False) -> Workspace | None: ...

    async def get(self, id: UUID, /, *, expected: Expected = None, with_deleted: bool = False) -> Workspace:
        """Raises:
        NotFound
        StaleVersion
        """

    def add(self, workspace: Workspace) -> None: ...


class MemberRepository(Protocol):
    async def find(self, workspace_id: UUID, user_id: UUID, /) -> Member | None:
        """A current or former member."""

    async def roster(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> Roster:
        """These members and all owners. The caller must have locked the workspace."""

    def add(self, member: Member) -> None: ...


class InvitationRepository(Protocol):
    async def find(self, workspace_id: UUID, id: UUID, /) -> Invitation | None: ...

    def add(self, invitation: Invitation) -> None: ...


class WorkspacesUnitOfWork(UnitOfWork, Protocol):
    @property
    def accounts(self) -> OpenAccounts: ...

    @property
    def workspaces(self) -> WorkspaceRepository: ...

    @property
    def members(self) -> MemberRepository: ...

    @property
    def invitations(self) -> InvitationRepository: ...


class Grants(Protocol):
    """Reads roles of users in workspaces."""

    def remembered(self, workspace_id: UUID, user_id: UUID) -> Grant | None:
        """A grant that was read at most one second ago. None if it is not remembered, which does not mean that the user is not a
        member.
        """

    async def read(self, workspace_id: UUID, user_id: UUID) -> Grant | None:
        """The current grant. None if the user is not a member or the workspace does not exist."""

    async def renew(self, members: Set[tuple[UUID, UUID]]) -> None:
        """Reads the grants of all these pairs of a workspace and a user that are not remembered, and remembers them. Nothing is
        read where they are kept on several nodes (Citus).

        Raises:
            Unavailable, Busy
        """
