"""Membership over the unit of work of whichever module asks."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select

from taskhub.kernel.infrastructure.mapping import Guard
from taskhub.kernel.infrastructure.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work import SqlUnitOfWork
from taskhub.workspaces.contract.memberships import Memberships
from taskhub.workspaces.infrastructure.mappings import MEMBERS

_members = MEMBERS.table.c
_IS_MEMBER = Guard(MEMBERS.table, ("workspace_id", "user_id"), (_members.left_at.is_(None),))
_LOCK = Statement(
    select(_members.user_id)
    .where(
        _members.workspace_id == bindparam("workspace_id", type_=Uuid()),
        _members.user_id == func.any(bindparam("user_ids", type_=ARRAY(Uuid()))),
        _members.left_at.is_(None),
    )
    .order_by(_members.user_id)
    .with_for_update(read=True)
)


class SqlMemberships:
    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow

    async def require(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        wanted = frozenset(user_ids)
        if self._uow.is_locking:
            rows = await self._uow.fetch(_LOCK, {"workspace_id": workspace_id, "user_ids": list(wanted)})
            return frozenset(row["user_id"] for row in rows)
        for user_id in wanted:
            self._uow.rely_on(_IS_MEMBER, (workspace_id, user_id))
        return wanted


def sql_memberships(uow: SqlUnitOfWork) -> Memberships:
    return SqlMemberships(uow)
