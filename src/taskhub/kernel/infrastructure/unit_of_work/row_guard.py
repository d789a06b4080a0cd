"""Relying on rows being there, without loading them: members who are named, labels that are put on something."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Table, Uuid, bindparam, func, select

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Guard
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork


class Presence:
    """Makes sure that rows of a workspace are there, and stay so until the unit of work ends.

    ``name`` is the column that tells them apart; ``where`` what they have to be like. Whatever changes that locks the rows for
    update before; other changes of them may happen meanwhile.
    """

    def __init__(self, table: Table, name: str, *where: ColumnElement[bool]) -> None:
        self._guard = Guard(table, ("workspace_id", name), where)
        workspace_id, id = table.c.workspace_id, table.c[name]
        found = select(id).where(
            workspace_id == bindparam("workspace_id", type_=Uuid()), id == func.any(bindparam("ids", type_=ARRAY(Uuid()))), *where
        )
        self._lock = Statement(found.order_by(id).with_for_update(read=True, key_share=True))

    async def require(self, uow: SqlUnitOfWork, workspace_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        """Returns those that are there.

        The first, optimistic attempt at a command asks nothing and takes all of them to be: one that is not makes the commit
        miss, and the command is run again. Then they are looked at, and share-locked.
        """
        wanted = frozenset(ids)
        if not wanted:
            return wanted
        if uow.is_locking:
            rows = await uow.fetch(self._lock, {"workspace_id": workspace_id, "ids": sorted(wanted)})
            return frozenset(row[0] for row in rows)
        for id in wanted:
            uow.rely_on(self._guard, (workspace_id, id))
        return wanted
