"""Membership over the unit of work of whichever module asks."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Guard
from taskhub.kernel.infrastructure.unit_of_work.row_guard import RowGuard
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.workspaces.contract.memberships import Memberships
from taskhub.workspaces.infrastructure.mappings import MEMBERS, WORKSPACES

_members, _workspaces = MEMBERS.table.c, WORKSPACES.table.c
_WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())
_MEMBERS = RowGuard(MEMBERS.table, MEMBERS.key, _members.left_at.is_(None))
_FIND_MEMBERS = Statement(
    select(_members.user_id).where(
        _members.workspace_id == _WORKSPACE_ID,
        _members.user_id == func.any(bindparam("user_ids", type_=ARRAY(Uuid()))),
        _members.left_at.is_(None),
    )
)
_HELD_WORKSPACE = Guard(WORKSPACES.table, ("id",), is_exclusive=True)
_LOCK_WORKSPACE = Statement(select(_workspaces.id).where(_workspaces.id == _WORKSPACE_ID).with_for_update(key_share=True))


class SqlMemberships:
    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow

    async def require(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        return await _MEMBERS.require(self._uow, workspace_id, user_ids)

    async def find_members(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        wanted = list(user_ids)
        if not wanted:
            return frozenset()
        records = await self._uow.fetch(_FIND_MEMBERS, {"workspace_id": workspace_id, "user_ids": wanted})
        return frozenset(record["user_id"] for record in records)

    async def lock_workspace(self, workspace_id: UUID) -> None:
        assert self._uow.is_locking, "a lock outside a transaction holds nothing"
        held, place = self._uow.identity_map.held, (WORKSPACES.name, workspace_id)
        if place not in held:
            held[place] = await self._uow.fetch(_LOCK_WORKSPACE, {"workspace_id": workspace_id})

    async def hold_workspace(self, workspace_id: UUID) -> None:
        if self._uow.is_locking:
            await self.lock_workspace(workspace_id)
        else:
            self._uow.identity_map.guard(_HELD_WORKSPACE, (workspace_id,))


def sql_memberships(uow: SqlUnitOfWork) -> Memberships:
    return SqlMemberships(uow)
