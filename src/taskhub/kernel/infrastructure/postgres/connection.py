"""A connection that somebody has borrowed."""

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from asyncpg.transaction import Transaction

from taskhub.kernel.infrastructure.postgres.errors import is_broken
from taskhub.kernel.infrastructure.postgres.statements import Statement

if TYPE_CHECKING:
    from taskhub.kernel.infrastructure.postgres.database import Database

SPARE_SECONDS = 0.5
"""How much longer the driver waits than the server works, which says that nothing happened: ours would leave that open."""

Parameters = dict[str, Any]
Record: TypeAlias = asyncpg.Record


class Connection:
    """A borrowed driver connection."""

    __slots__ = ("_driver", "_seconds", "_transaction", "borrowed_at", "database", "used_at")

    def __init__(self, driver: asyncpg.Connection, database: "Database") -> None:
        self._driver = driver
        self._transaction: Transaction | None = None
        self._seconds: float | None = None
        self.database = database
        self.borrowed_at = self.used_at = monotonic()
        """``used_at``: when it was borrowed, or last asked for something."""

    @property
    def in_transaction(self) -> bool:
        return self._transaction is not None

    @property
    def is_closed(self) -> bool:
        return bool(self._driver.is_closed())

    async def fetch(self, statement: Statement, parameters: Parameters, *, seconds: float | None = None) -> list[Record]:
        self._note(statement.sql)
        try:
            rows: list[Record] = await self._driver.fetch(
                statement.sql, *statement.arguments(parameters), timeout=seconds or self._seconds
            )
        except BaseException as error:
            self._note_failure(statement.name, error)
            raise
        self._note_end(statement.name, len(rows))
        return rows

    async def fetch_row(self, statement: Statement, parameters: Parameters, *, seconds: float | None = None) -> Record | None:
        rows = await self.fetch(statement, parameters, seconds=seconds)
        return rows[0] if rows else None

    async def execute_many(self, statement: Statement, parameters: Sequence[Parameters]) -> None:
        """Runs a statement once for each set of parameters, all of them in one round trip."""
        self._note(statement.sql)
        try:
            await self._driver.executemany(statement.sql, [statement.arguments(one) for one in parameters])
        except BaseException as error:
            self._note_failure(statement.name, error)
            raise
        self._note_end(statement.name, len(parameters))

    async def begin(self) -> None:
        self._note("BEGIN")
        transaction = self._driver.transaction()
        try:
            await transaction.start()
        except BaseException as error:
            self._note_end("begin", error=error)
            self.discard()  # The driver takes itself for being in a transaction.
            raise
        self._note_end("begin")
        self._transaction = transaction

    def wait(self, seconds: float) -> None:
        """Waits so long for each statement of the transaction. The server has to be told as well: it gives up sooner."""
        self._seconds = seconds + SPARE_SECONDS

    async def commit(self) -> None:
        assert self._transaction is not None
        self._note("COMMIT")
        transaction, self._transaction = self._transaction, None
        self._seconds = None
        try:
            await transaction.commit()
        except BaseException as error:
            self._note_failure("commit", error)
            raise
        self._note_end("commit")

    async def rollback(self) -> None:
        if self._transaction is None:
            return
        transaction, self._transaction = self._transaction, None
        self._seconds = None
        if not self._driver.is_closed():
            self._note("ROLLBACK")
            try:
                await transaction.rollback()
            except BaseException as error:
                self._note_failure("rollback", error)
                raise
            self._note_end("rollback")

    def _note(self, sql: str) -> None:
        self.used_at = monotonic()
        if self.database.round_trips is not None:
            self.database.round_trips.append(sql)

    def _note_end(self, name: str, rows: int = 0, error: BaseException | None = None) -> None:
        self.database.statement_log.add(name, self.used_at, monotonic(), rows, error)

    def discard(self) -> None:
        """Closes the connection at once: its state is not known."""
        self._driver.terminate()

    def _note_failure(self, name: str, error: BaseException) -> None:
        """Keeps a connection out of the pool that may be dead, stands on a read-only server, or still waits for an answer that
        its borrower has given up.
        """
        self._note_end(name, error=error)
        if is_broken(error) or not isinstance(error, Exception):
            self.discard()
