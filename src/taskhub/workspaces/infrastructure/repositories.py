"""Workspaces, members and invitations, loaded whole."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, literal, or_, select

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.repository import SqlRepository
from taskhub.workspaces.contract.access import Role
from taskhub.workspaces.domain.invitation import Invitation
from taskhub.workspaces.domain.member import Member
from taskhub.workspaces.domain.membership_exit import MembershipExit
from taskhub.workspaces.domain.roster import Roster
from taskhub.workspaces.domain.workspace import Workspace
from taskhub.workspaces.infrastructure.mappings import INVITATIONS, MEMBERS, WORKSPACES

_workspaces, _members = WORKSPACES.table, MEMBERS.table
_others = _members.alias("others")
_USER_ID = bindparam("user_id", type_=Uuid())
_WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())
_ANOTHER = (
    select(literal(1))
    .where(_others.c.workspace_id == _WORKSPACE_ID, _others.c.user_id != _members.c.user_id, _others.c.left_at.is_(None))
    .correlate(_members)
)

_LOCK_ROSTER = Statement(
    select(*MEMBERS.columns)
    .where(
        _members.c.workspace_id == _WORKSPACE_ID,
        _members.c.left_at.is_(None),
        or_(_members.c.role == int(Role.OWNER), _members.c.user_id == func.any(bindparam("user_ids", type_=ARRAY(Uuid())))),
    )
    .order_by(_members.c.user_id)
    .with_for_update()
)
_LOCK_MEMBERSHIP = Statement(
    select(
        *MEMBERS.columns,
        _ANOTHER.where(_others.c.role == int(Role.OWNER)).exists().label("has_other_owners"),
        _ANOTHER.exists().label("has_other_members"),
    )
    .where(_members.c.workspace_id == _WORKSPACE_ID, _members.c.user_id == _USER_ID, _members.c.left_at.is_(None))
    .with_for_update(of=_members)
)


class SqlWorkspaceRepository(SqlRepository[Workspace]):
    mapping = WORKSPACES

    async def lock_all(self, ids: Iterable[UUID]) -> list[Workspace]:
        """These workspaces, deleted ones too, locked in the order of their ids; each by itself: it may be on another node."""
        found = [await self.find(id, with_deleted=True) for id in sorted(ids)]
        return [workspace for workspace in found if workspace is not None]


class SqlMemberRepository(SqlRepository[Member]):
    mapping = MEMBERS

    async def roster(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> Roster:
        return Roster(await self._load_all(_LOCK_ROSTER, {"workspace_id": workspace_id, "user_ids": list(user_ids)}))

    async def membership_exits(self, user_id: UUID, workspaces: Sequence[Workspace]) -> list[MembershipExit]:
        """A user's memberships of workspaces that the caller has locked."""
        exits: list[MembershipExit] = []
        for workspace in workspaces:
            row = await self._uow.fetch_row(_LOCK_MEMBERSHIP, {"user_id": user_id, "workspace_id": workspace.id})
            if row is not None:
                member = self.track(tuple(row)[:-2])
                exits.append(MembershipExit(workspace, member, row["has_other_owners"], row["has_other_members"]))
        return exits


class SqlInvitationRepository(SqlRepository[Invitation]):
    mapping = INVITATIONS
