"""The seam to PostgreSQL: nothing else in TaskHub knows the driver."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import ClassVar, Protocol, Self

import asyncpg

from taskhub.kernel.application.durations import Durations
from taskhub.kernel.application.tracing import Tracer
from taskhub.kernel.infrastructure.postgres.connection import SPARE_SECONDS, Connection, Parameters, Record
from taskhub.kernel.infrastructure.postgres.errors import (
    LOST,
    is_lost,
    is_of_node,
    translate_error,
    translate_error_before_commit,
)
from taskhub.kernel.infrastructure.postgres.pool import Pool, PoolTimes
from taskhub.kernel.infrastructure.postgres.statement_log import StatementLog
from taskhub.kernel.infrastructure.postgres.statements import Statement

CONNECT_SECONDS = 2.0
SERVER_SECONDS = 3.5
"""When the server gives up."""
CLOSE_SECONDS = 5.0
MAX_STATEMENT_SECONDS = 65.0
"""What is granted to a statement at most, where it asks for more than the others."""
OVERDUE_SECONDS = MAX_STATEMENT_SECONDS + 10.0
STATEMENTS_PER_TRIP = 500
STATEMENT_CACHE_SIZE = 300
"""By each connection: the shapes of lists and commits that clients ask for all day."""

_SESSION = {
    "timezone": "UTC",
    "application_name": "taskhub",
    "statement_timeout": str(int(SERVER_SECONDS * 1000)),
    "lock_timeout": "3000",
    "idle_in_transaction_session_timeout": "10000",
    "client_connection_check_interval": "1000",
    # A plan made for one workspace serves the next: all statements are keyed lookups.
    "plan_cache_mode": "auto",
    "jit": "off",
}


async def _is_distributed(connection: asyncpg.Connection) -> bool:
    """Whether it is a Citus cluster over which the tables were distributed."""
    if not await connection.fetchval("SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL"):
        return False
    sql = "SELECT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = to_regclass('events') AND partmethod = 'h')"
    return bool(await connection.fetchval(sql))


class SharedTransaction(Protocol):
    """A transaction that everything in one context runs in: all commands of a batch, and what is read between them."""

    async def connection(self) -> Connection: ...

    def has_written(self, *tables: str) -> bool:
        """Whether rows of these tables were written in it, so that nobody else sees them yet."""


_shared: ContextVar[tuple["Database", SharedTransaction] | None] = ContextVar("shared_transaction", default=None)


class Database:
    """A pool of connections that heals itself, and reads in autocommit.

    Opening it connects to nothing: a database that is away is noticed, and answered with 503, where it is needed.

    For the metrics: ``borrowed`` connections are in use now, ``overdue`` of them for longer than anything may take, and
    ``waiting`` borrowers wait for one; ``waits`` counts the times when all were in use, ``acquired`` how long it took to get one.
    """

    connection_class: ClassVar[type[asyncpg.Connection]] = asyncpg.Connection

    def __init__(
        self,
        url: str,
        *,
        pool_size: int,
        pool_times: PoolTimes | None = None,
        statement_log: StatementLog | None = None,
        is_distributed: bool = False,
    ) -> None:
        self._url = url.replace("postgresql+asyncpg://", "postgresql://", 1)
        self.pool_size = pool_size
        self._pool: Pool | None = None
        self._borrowed: set[Connection] = set()
        self._pool_times = pool_times or PoolTimes()
        self.statement_log = statement_log or StatementLog()
        self.waits = 0
        self.acquired = Durations()
        self.is_distributed = is_distributed
        """Whether the tables are divided among several nodes (Citus). Each new connection asks, until they are."""
        self.round_trips: list[str] | None = None
        """The statements that were sent, for tests that count them."""

    @property
    def borrowed(self) -> int:
        return len(self._borrowed)

    @property
    def tracer(self) -> Tracer | None:
        """None where no traces are wanted."""
        return self.statement_log.tracer

    @property
    def waiting(self) -> int:
        return self._pool.waiting if self._pool is not None else 0

    def oldest_borrow_seconds(self) -> float:
        """For how long the connection is out that was borrowed first; 0 where none is."""
        now = monotonic()
        return max((now - connection.borrowed_at for connection in self._borrowed), default=0.0)

    def overdue(self) -> int:
        """How many connections are out without having been asked anything for longer than any statement may take."""
        latest = monotonic() - OVERDUE_SECONDS
        return sum(connection.used_at < latest for connection in self._borrowed)

    async def open(self) -> None:
        self._pool = Pool(self._connect, self.pool_size, self._pool_times)

    async def _connect(self) -> asyncpg.Connection:
        connection = await self._connected()
        if not self.is_distributed:
            try:
                self.is_distributed = await _is_distributed(connection)
            except BaseException:
                connection.terminate()  # Nobody else knows of it.
                raise
        return connection

    async def _connected(self) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._url,
            timeout=CONNECT_SECONDS,
            command_timeout=SERVER_SECONDS + SPARE_SECONDS,
            server_settings=_SESSION,
            # Statements are few and kept as long as the connection: the driver would parse and plan them anew every five minutes.
            max_cached_statement_lifetime=0,
            statement_cache_size=STATEMENT_CACHE_SIZE,
            connection_class=self.connection_class,
        )

    async def close(self) -> None:
        """Waits for what is borrowed, for a limited time."""
        if self._pool is not None:
            await self._pool.close(seconds=CLOSE_SECONDS)
            self._pool = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Self]:
        """Open for as long as the block lasts."""
        await self.open()
        try:
            yield self
        finally:
            await self.close()

    async def acquire(self) -> Connection:
        """Borrows a connection; `release` gives it back.

        Raises:
            Unavailable: no connection could be had in time.
        """
        assert self._pool is not None, "the database was not opened"
        self.waits += len(self._borrowed) >= self.pool_size
        began = monotonic()
        try:
            driver = await self._pool.acquire()
        except Exception as error:
            self.acquired.add(monotonic() - began)
            raise translate_error(error) from error
        connection = Connection(driver, self)
        self.acquired.add(connection.borrowed_at - began)
        self._borrowed.add(connection)
        return connection

    def release(self, connection: Connection) -> None:
        self._borrowed.discard(connection)
        if self._pool is not None:
            self._pool.release(connection._driver)
        else:
            connection.discard()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        connection = await self.acquire()
        try:
            yield connection
        except Exception as error:
            raise translate_error(error) from error
        finally:
            self.release(connection)

    @contextmanager
    def shared_by(self, transaction: SharedTransaction) -> Iterator[None]:
        """All that is read in the block is read in this transaction, and units of work use its connection."""
        token = _shared.set((self, transaction))
        try:
            yield
        finally:
            _shared.reset(token)

    @property
    def shared(self) -> SharedTransaction | None:
        """The transaction that everything in this context runs in; None where each command has its own."""
        found = _shared.get()
        return found[1] if found is not None and found[0] is self else None

    @property
    def may_read_for_many(self) -> bool:
        """Whether one statement may read for several requests. On a cluster it would wait for the slowest node, and fail with it;
        and what runs in a shared transaction sees what nobody else does.
        """
        return not self.is_distributed and self.shared is None

    def has_unseen(self, *tables: str) -> bool:
        """Whether this context sees rows of these tables that nobody else does yet: what depends on them is not remembered."""
        shared = self.shared
        return shared is not None and shared.has_written(*tables)

    async def fetch(self, statement: Statement, parameters: Parameters) -> list[Record]:
        """Reads in autocommit. A connection that turns out to be dead, to the server or between it and another one, is replaced
        once: a read may be repeated.

        Raises:
            Unavailable, Busy
        """
        if (shared := self.shared) is not None:
            return await self._fetch_in(shared, statement, parameters)
        try:
            return await self._fetch(statement, parameters)
        except Exception as error:
            cause = error.__cause__ or error
            if not isinstance(cause, LOST) and not is_lost(error) and not is_of_node(cause):
                raise
            assert self._pool is not None
            if not is_of_node(cause):
                self._pool.expire()
        return await self._fetch(statement, parameters)

    async def _fetch_in(self, shared: SharedTransaction, statement: Statement, parameters: Parameters) -> list[Record]:
        """Not repeated: a connection that is lost takes with it what was written before."""
        try:
            return await (await shared.connection()).fetch(statement, parameters)
        except Exception as error:
            raise translate_error_before_commit(error) from error

    async def _fetch(self, statement: Statement, parameters: Parameters) -> list[Record]:
        connection = await self.acquire()
        try:
            return await connection.fetch(statement, parameters)
        except Exception as error:
            raise translate_error(error) from error
        finally:
            self.release(connection)

    async def fetch_row(self, statement: Statement, parameters: Parameters) -> Record | None:
        rows = await self.fetch(statement, parameters)
        return rows[0] if rows else None

    async def execute_many(self, statement: Statement, parameters: Sequence[Parameters]) -> None:
        """Writes to many streams, each by a statement that names it, in one round trip. They need not all be done, or none.

        Raises:
            Unavailable, Busy
        """
        for start in range(0, len(parameters), STATEMENTS_PER_TRIP):
            async with self.connection() as connection:
                await connection.execute_many(statement, parameters[start : start + STATEMENTS_PER_TRIP])
