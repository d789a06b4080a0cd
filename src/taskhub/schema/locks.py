"""Migrations of tables that are in use.

An `ALTER` that waits for its lock makes every later reader wait behind it. So a revision runs with a short `lock_timeout`, is
rolled back when it fires, and is tried again as a whole after a pause, for a limited time.
"""

import asyncio
import logging
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

ADVISORY_LOCK = 7_236_015_402
"""The key of the advisory lock that is held while migrating."""
LOCK_TIMEOUT_SECONDS = 0.1
"""`lock_timeout`: how long a statement waits for a lock, and others wait behind it."""
PAUSE_SECONDS = (0.4, 0.8)
"""Between two tries, so that queued statements can run; random, so that two migrations don't run in step."""
WAIT_SECONDS = 120.0
"""How long a revision is tried by default."""
EXCLUSIVE_WAIT_SECONDS = 300.0
"""How long to wait for another process that migrates, at least."""
WATCH_SECONDS = 0.05
POLL_SECONDS = 0.2
_LOCK_FAILURES = ("55P03", "40P01")  # lock_not_available, deadlock_detected

log = logging.getLogger("taskhub.migrate")


class MigrationBlocked(Exception):
    """Others held locks that a migration needs for too long; the message says who, and what to do."""


class MigrationPlan:
    """The steps that Alembic is going to run, decided once.

    A later try goes on with the revision that was rolled back, also where the destination is relative.
    """

    def __init__(self) -> None:
        self._left: deque[Any] | None = None

    def remembering(self, decide_steps: Callable[..., Iterable[Any]]) -> Callable[..., Iterator[Any]]:
        """Wraps Alembic's own function, which would decide anew at each try."""

        def steps(heads: Any, context: Any) -> Iterator[Any]:
            if self._left is None:
                self._left = deque(decide_steps(heads, context))
            while self._left:
                yield self._left[0]
                self._left.popleft()  # The next one was asked for, so this one is committed.

        return steps

    @property
    def revision(self) -> str:
        """The revision that is being run."""
        return str(self._left[0].revision.revision) if self._left else "?"


def set_short_lock_timeout(connection: AsyncConnection) -> None:
    """Sets `lock_timeout` in each transaction. A `CONCURRENTLY` runs outside of one and blocks nobody while it waits."""
    assert connection.sync_connection is not None

    @event.listens_for(connection.sync_connection, "begin")
    def set_timeout(begun: Connection) -> None:
        if begun.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
            begun.exec_driver_sql(f"SET LOCAL lock_timeout = {int(LOCK_TIMEOUT_SECONDS * 1000)}")


@dataclass(frozen=True, slots=True)
class DatabaseSession:
    """Another session of the database server. None stands for what this account may not see."""

    pid: int
    user: str | None
    application: str | None
    seconds: float | None
    """How long its transaction has been open."""

    def __str__(self) -> str:
        who = ", ".join(part for part in (self.user and f"user {self.user}", self.application) if part)
        age = "" if self.seconds is None else f", whose transaction is open for {self.seconds:.0f} s"
        return f"session {self.pid}" + (f" ({who})" if who else "") + age


_BLOCKING_SESSIONS = text(
    "SELECT blocking.pid, usename, application_name, extract(epoch FROM clock_timestamp() - xact_start)"
    " FROM unnest(pg_blocking_pids(:pid)) AS blocking(pid) LEFT JOIN pg_stat_activity USING (pid)"
)
_MIGRATING_SESSIONS = text(
    "SELECT pid, usename, application_name, extract(epoch FROM clock_timestamp() - xact_start) FROM pg_locks"
    " JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted AND classid = :high AND objid = :low"
)


class LockHolders:
    """The sessions that hold locks which session ``pid`` waits for, as the connection ``monitor`` saw them last."""

    def __init__(self, monitor: AsyncConnection, pid: int) -> None:
        self._monitor = monitor
        self._pid = pid
        self.seen: list[DatabaseSession] = []
        self.seconds = 0.0
        """How long the session was seen waiting."""

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Watches for as long as the block lasts."""
        done = asyncio.Event()
        looking = asyncio.create_task(self._look(done))
        try:
            yield
        finally:
            done.set()
            await looking

    async def _look(self, done: asyncio.Event) -> None:
        with suppress(DBAPIError):  # A monitor that fails does not stop the migration.
            while not done.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(WATCH_SECONDS):
                        await done.wait()
                        return
                await self._look_once()

    async def _look_once(self) -> None:
        rows = await self._monitor.execute(_BLOCKING_SESSIONS, {"pid": self._pid})
        found = [DatabaseSession(*row) for row in rows]
        await self._monitor.commit()
        if found and [session.pid for session in found] != [session.pid for session in self.seen]:
            log.warning("a migration waits for %s", _joined(found))
        self.seen = found or self.seen
        self.seconds += WATCH_SECONDS if found else 0.0

    def sentence(self, revision: str, seconds: float) -> str:
        what = f"Revision {revision} changes tables that others have been using for {seconds:.0f} s"
        after = "It was undone; the revisions before it stay."
        if not self.seen:
            return f"{what}. {after} Run `taskhub migrate` again when there is less to do, or let it wait for longer with --wait."
        ends = " and ".join(f"`SELECT pg_terminate_backend({session.pid})`" for session in self.seen if session.pid)
        ended = f" or end them with {ends}" if ends else " (a prepared transaction is seen in pg_prepared_xacts)"
        return f"{what}: {_joined(self.seen)}. {after} Let them finish{ended}, then run `taskhub migrate` again."


def _joined(sessions: list[DatabaseSession]) -> str:
    return " and ".join(map(str, sessions))


async def retry_with_short_lock_timeouts(
    connection: AsyncConnection, monitor: AsyncConnection, work: Callable[[Connection, MigrationPlan], None], seconds: float
) -> None:
    """Runs the work again and again until it gets its locks. ``monitor`` is a second connection that looks who holds them.

    Raises:
        MigrationBlocked: others held locks that one revision needs for ``seconds``, its own work not counted.
    """
    holders = LockHolders(monitor, await _pid_of(connection))
    plan = MigrationPlan()
    revision, paused = "", 0.0
    while True:
        try:
            async with holders.watched():
                await connection.run_sync(work, plan)
                await connection.commit()
        except DBAPIError as error:
            await connection.rollback()
            if getattr(error.orig, "sqlstate", None) not in _LOCK_FAILURES:
                raise
            if plan.revision != revision:
                revision, paused, holders.seconds = plan.revision, 0.0, 0.0
            if holders.seconds + paused >= seconds:
                raise MigrationBlocked(holders.sentence(revision, seconds)) from error
        else:
            return
        pause = random.uniform(*PAUSE_SECONDS)
        await asyncio.sleep(pause)
        paused += pause


async def _pid_of(connection: AsyncConnection) -> int:
    pid = await connection.scalar(text("SELECT pg_backend_pid()"))
    await connection.commit()
    assert isinstance(pid, int)
    return pid


@asynccontextmanager
async def exclusive_migration(monitor: AsyncConnection, seconds: float) -> AsyncIterator[None]:
    """Only one process at a time is in such a block for the same database. It holds an advisory lock.

    Raises:
        MigrationBlocked: another process held it for ``seconds``.
    """
    # Polled: a blocking advisory lock and CREATE INDEX CONCURRENTLY would wait for each other.
    deadline = time.monotonic() + seconds
    while not await monitor.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": ADVISORY_LOCK}):
        if time.monotonic() > deadline:
            raise MigrationBlocked(await _already_migrating(monitor, seconds))
        await monitor.rollback()
        await asyncio.sleep(POLL_SECONDS)
    await monitor.commit()
    try:
        yield
    finally:
        await monitor.rollback()
        await monitor.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        await monitor.commit()


async def _already_migrating(monitor: AsyncConnection, seconds: float) -> str:
    rows = await monitor.execute(_MIGRATING_SESSIONS, {"high": ADVISORY_LOCK >> 32, "low": ADVISORY_LOCK & 0xFFFF_FFFF})
    others = _joined([DatabaseSession(pid, user, application, None) for pid, user, application, _ in rows]) or "another process"
    return (
        f"This database is being migrated by {others} for more than {seconds:.0f} s. Wait until that has ended, then try again."
    )
