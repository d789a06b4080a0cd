"""Relying on rows being there, without loading them: members who are named, labels that are put on something."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Table, Uuid, bindparam, func, select

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Guard
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork


class RowGuard:
    """Makes sure that rows of one stream are there, and stay so until the unit of work ends.

    ``key`` are the columns that tell them apart, the stream's first; ``where`` what they have to be like. Whatever changes that
    locks the rows for update before; other changes of them may happen meanwhile.
    """

    def __init__(self, table: Table, key: tuple[str, ...], *where: ColumnElement[bool]) -> None:
        self._guard = Guard(table, key, where)
        stream_id, id = (table.c[name] for name in key)
        found = select(id).where(
            stream_id == bindparam("stream_id", type_=Uuid()), id == func.any(bindparam("ids", type_=ARRAY(Uuid()))), *where
        )
        locked = found.order_by(id).with_for_update(read=True, key_share=True)
        self._lock = Statement(locked, name=f"share-lock {table.name}")

    async def require(self, uow: SqlUnitOfWork, stream_id: UUID, ids: Iterable[UUID]) -> frozenset[UUID]:
        """Returns those that are there.

        The first, optimistic attempt at a command asks nothing and takes all of them to be: one that is not makes the commit
        miss, and the command is run again. Then they are looked at, and share-locked.
        """
        wanted = frozenset(ids)
        if not wanted:
            return wanted
        if uow.is_locking:
            return wanted if self._are_locked(uow, stream_id, wanted) else await self._locked(uow, stream_id, wanted)
        for id in wanted:
            uow.identity_map.guard(self._guard, (stream_id, id))
        return wanted

    def _are_locked(self, uow: SqlUnitOfWork, stream_id: UUID, ids: frozenset[UUID]) -> bool:
        """Whether an earlier command of a batch has done it."""
        known, is_loaded = uow.identity_map.share_locked.get(self._guard, ()), uow.identity_map.is_locked
        name = None if self._guard.where else self._guard.table.name
        return all((stream_id, id) in known or is_loaded(name, (stream_id, id)) for id in ids)

    async def _locked(self, uow: SqlUnitOfWork, stream_id: UUID, ids: frozenset[UUID]) -> frozenset[UUID]:
        rows = await uow.fetch(self._lock, {"stream_id": stream_id, "ids": sorted(ids)})
        found = frozenset(row[0] for row in rows)
        uow.identity_map.share_locked.setdefault(self._guard, set()).update((stream_id, id) for id in found)
        return found
