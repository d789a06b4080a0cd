"""Rows that commands read all day and hardly anyone changes, remembered by the process (decision 18)."""

import time
from typing import Any

import asyncpg

from taskhub.kernel.infrastructure.cache.ttl_cache import Memory, Monotonic

SECONDS = 60.0
"""Commits find out what changed through TaskHub. This is for what somebody mended by hand."""
MOST_ROWS = 2_048
MOST_CHARACTERS = 8_000
"""Longer rows are not remembered, so that all of them together stay small."""

Key = tuple[Any, ...]


class Recollection:
    """Rows as they were last read, by their table and key. One may be out of date: nothing is decided by it for good.

    A commit checks its version, and a refusal is never told before the row was read again (`SqlUnitOfWork`).
    """

    def __init__(self, monotonic: Monotonic = time.monotonic) -> None:
        self._rows: Memory[tuple[str, Key], asyncpg.Record] = Memory(SECONDS, MOST_ROWS, monotonic)

    def recall(self, table: str, key: Key) -> asyncpg.Record | None:
        return self._rows.get((table, key))

    def remember(self, table: str, key: Key, row: asyncpg.Record) -> None:
        if sum(len(value) for value in row if isinstance(value, str)) <= MOST_CHARACTERS:
            self._rows.put((table, key), row, self._rows.now())

    def forget(self, table: str, key: Key) -> None:
        self._rows.forget((table, key))
