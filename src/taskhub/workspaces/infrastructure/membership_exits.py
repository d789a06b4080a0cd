"""What the users module needs of this one, over its own unit of work."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Uuid, bindparam, literal, select

from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.users.contract.membership_exits import MembershipExits
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.membership_exit import end_memberships
from taskhub.workspaces.infrastructure.mappings import MEMBERS, WORKSPACES
from taskhub.workspaces.infrastructure.repositories import SqlMemberRepository, SqlWorkspaceRepository

_members, _workspaces = MEMBERS.table.c, WORKSPACES.table.c
_MINE = (_members.user_id == bindparam("user_id", type_=Uuid()), _members.left_at.is_(None))

_IDS = Statement(select(_members.workspace_id).where(*_MINE))
_IS_MEMBER = Statement(
    select(literal(1))
    .join_from(MEMBERS.table, WORKSPACES.table, _workspaces.id == _members.workspace_id)
    .where(*_MINE, _members.workspace_id == bindparam("workspace_id", type_=Uuid()), _workspaces.deleted_at.is_(None))
)


class SqlMembershipExits:
    """Decides about memberships as part of the caller's command, and writes them with the caller's own changes."""

    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow
        self._workspaces = SqlWorkspaceRepository(uow)
        self._members = SqlMemberRepository(uow)

    async def is_member(self, workspace_id: UUID, user_id: UUID) -> bool:
        return await self._uow.fetch_row(_IS_MEMBER, {"workspace_id": workspace_id, "user_id": user_id}) is not None

    async def leave_all(self, user_id: UUID, *, now: datetime) -> None:
        """Ends all memberships of a user and deletes the workspaces where they are alone.

        All of these workspaces are locked first, in the order of their ids: whoever changes an owner locks the workspace as well.

        Raises:
            LastOwnerElsewhere: a workspace with other members would be left without an owner.
        """
        await self._uow.lock()
        rows = await self._uow.fetch(_IDS, {"user_id": user_id})
        if not rows:
            return
        workspaces = await self._workspaces.lock_all([row["workspace_id"] for row in rows])
        end_memberships(await self._members.membership_exits(user_id, workspaces), now)

    async def require_left_all(self, user_id: UUID) -> None:
        left = {one.aggregate.workspace_id for one in self._uow.identity_map.tracked() if isinstance(one.aggregate, Member)}
        rows = await self._uow.fetch(_IDS, {"user_id": user_id})
        if not left.issuperset(row["workspace_id"] for row in rows):
            raise ConcurrencyConflict


def sql_membership_exits(uow: SqlUnitOfWork) -> MembershipExits:
    return SqlMembershipExits(uow)
