"""Membership over the unit of work of whichever module asks."""

from collections.abc import Iterable
from uuid import UUID

from taskhub.kernel.infrastructure.presence import Presence
from taskhub.kernel.infrastructure.unit_of_work import SqlUnitOfWork
from taskhub.workspaces.contract.memberships import Memberships
from taskhub.workspaces.infrastructure.mappings import MEMBERS

_MEMBERS = Presence(MEMBERS.table, "user_id", MEMBERS.table.c.left_at.is_(None))


class SqlMemberships:
    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow

    async def require(self, workspace_id: UUID, user_ids: Iterable[UUID]) -> frozenset[UUID]:
        return await _MEMBERS.require(self._uow, workspace_id, user_ids)


def sql_memberships(uow: SqlUnitOfWork) -> Memberships:
    return SqlMemberships(uow)
