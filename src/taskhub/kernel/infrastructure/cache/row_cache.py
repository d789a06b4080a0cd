"""Rows that commands read all day and hardly anyone changes, remembered by the process (decision 18)."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from taskhub.kernel.application.clock import Monotonic
from taskhub.kernel.application.ttl_cache import TtlCache
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.infrastructure.unit_of_work.changes import Change
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.kernel.infrastructure.unit_of_work.repository import SqlRepository
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork

TTL_SECONDS = 60.0
"""Commits find out what changed through TaskHub. This is for what somebody mended by hand."""
MAX_ROWS = 2_048
MAX_CHARACTERS = 8_000
"""Longer rows are not remembered, so that all of them together stay small."""

Key = tuple[Any, ...]
A = TypeVar("A", bound=Aggregate)


class RowCache:
    """Rows of one table as they were last read, by their key. One may be out of date: nothing is decided by it for good.

    A commit checks its version, and a refusal is never told before the row was read again (`UnitOfWork.rests_on_cache`).
    """

    def __init__(self, mapping: Mapping[Any], monotonic: Monotonic) -> None:
        self._mapping = mapping
        self._rows: TtlCache[Key, asyncpg.Record] = TtlCache(TTL_SECONDS, MAX_ROWS, monotonic)

    def get(self, key: Key) -> asyncpg.Record | None:
        return self._rows.get(key)

    def put(self, key: Key, row: asyncpg.Record | None) -> None:
        """Keeps a row for the next command. Not one that is gone or in the trash, nor a long one."""
        if row is None or row.get("deleted_at") is not None:
            self._rows.invalidate(key)
        elif sum(len(value) for value in row if isinstance(value, str)) <= MAX_CHARACTERS:
            self._rows.put(key, row, self._rows.now())

    def invalidate(self, key: Key) -> None:
        self._rows.invalidate(key)

    def invalidate_changed(self, changes: Iterable[Change]) -> None:
        """To be told of each commit of this process."""
        for change in changes:
            if change.tracked.mapping is self._mapping:
                self.invalidate(self._mapping.key_of(change.tracked.aggregate))


class CachedRepository(SqlRepository[A]):
    """A repository that takes rows from a cache in the first, optimistic attempt at a command."""

    def __init__(self, uow: SqlUnitOfWork, cache: RowCache) -> None:
        super().__init__(uow)
        self._cache = cache

    async def _read(self, key: tuple[UUID, ...], *, with_deleted: bool) -> Any | None:
        if self._uow.is_locking:
            self._cache.invalidate(key)  # It may be about to change.
            return await super()._read(key, with_deleted=with_deleted)
        row = self._cache.get(key)
        if row is not None:
            self._uow.rests_on_cache = True
            return row
        row = await super()._read(key, with_deleted=with_deleted)
        self._cache.put(key, row)
        return row
