"""Locks that a batch takes before its commands run."""

from collections.abc import Iterable, Set
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.kernel.infrastructure.unit_of_work.statements import by_ids

if TYPE_CHECKING:
    from taskhub.kernel.infrastructure.unit_of_work.shared import SharedUnitOfWork


class RowLocks(Protocol):
    """Locks what a batch names of one module, in the common order, and loads it: its commands find it there."""

    async def __call__(self, uow: Any, stream_id: UUID, ids: Set[UUID], texts: Set[str], /) -> None: ...


class LocksOfLostRaces:
    """Those of a module that says nothing of it: what an earlier try at the batch has loaded, or would have waited for."""

    def __init__(self, mappings: Iterable[Mapping[Any]]) -> None:
        self._mappings = [one for one in sorted(mappings, key=lambda one: one.lock_rank) if len(one.key) == 2]

    async def __call__(self, uow: "SharedUnitOfWork", stream_id: UUID, ids: Set[UUID], texts: Set[str], /) -> None:
        parameters = {"stream_id": stream_id, "ids": sorted(uow.lock_ids)}
        for mapping in self._mappings if uow.lock_ids else ():
            await uow.lock_rows(mapping, by_ids(mapping, locking=True), parameters)
