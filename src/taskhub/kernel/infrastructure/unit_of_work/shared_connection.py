"""The connection of a transaction that several commands share."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

import asyncpg

from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.infrastructure.postgres.connection import Connection, Parameters, Record
from taskhub.kernel.infrastructure.postgres.statements import Statement


class SharedConnection(Connection):
    """Begins with whoever begins first, and ends with the one who shares it: what others roll back stays until then.

    ``prepare`` is called before each statement: it writes what the statement has to see.
    """

    __slots__ = ("_borrowed", "_prepare", "refused_ids")

    def __init__(self, borrowed: Connection, prepare: Callable[[Statement], Awaitable[None]]) -> None:
        super().__init__(borrowed._driver, borrowed.database)
        self._borrowed = borrowed
        self._prepare = prepare
        self.refused_ids: set[UUID] = set()
        """What the statement was about that would have had to wait."""

    async def fetch(self, statement: Statement, parameters: Parameters, *, seconds: float | None = None) -> list[Record]:
        await self._prepare(statement)
        return await self.send(statement, parameters, seconds=seconds)

    async def send(self, statement: Statement, parameters: Parameters, *, seconds: float | None = None) -> list[Record]:
        """As `fetch`, for what is in order already.

        Raises:
            ConcurrencyConflict: somebody else holds a row that this would have to wait for.
        """
        try:
            return await super().fetch(statement, parameters, seconds=seconds)
        except asyncpg.LockNotAvailableError as error:
            self.refused_ids |= _ids_in(parameters.values())
            raise ConcurrencyConflict from error

    async def begin(self) -> None:
        if not self.in_transaction:
            await super().begin()

    async def rollback(self) -> None:
        """Nothing: it is undone as a whole."""

    async def undo(self) -> None:
        """Rolls back what is left of all."""
        await super().rollback()

    def _note(self, sql: str) -> None:
        super()._note(sql)
        self._borrowed.used_at = self.used_at


def _ids_in(values: Iterable[Any]) -> set[UUID]:
    """All ids, also those in lists."""
    ids: set[UUID] = set()
    for value in values:
        ids |= {value} if isinstance(value, UUID) else _ids_in(value) if isinstance(value, list | tuple) else set()
    return ids
