"""Migrations of tables that others are using: nobody waits for long behind them, and whoever is in the way is named."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.config import Config

from support.harness.migrations import downgrade, migrate
from support.harness.waiting import eventually
from taskhub.schema.locks import LOCK_TIMEOUT_SECONDS, MigrationBlocked
from taskhub.schema.migrate import alembic_config
from taskhub.schema.revisions import KERNEL, Branch, Revisions

BEFORE, AFTER = "0005", "0006"
"""The second replaces the primary key of tasks: it needs the table for itself."""
STALL_SECONDS = 0.2


@asynccontextmanager
async def connected(url: str, **settings: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""), server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def long_reader(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody who has read from tasks and does not end their transaction, for as long as the block lasts."""
    async with connected(url, application_name="a long report") as connection, connection.transaction():
        await connection.fetch("SELECT FROM tasks")
        yield connection


async def slowest(url: str, sql: str, enough: asyncio.Event) -> tuple[float, int]:
    """How long the slowest of many reads took, in seconds, and how many there were."""
    worst, count = 0.0, 0
    async with connected(url) as connection:
        while not enough.is_set():
            started = time.monotonic()
            await connection.fetch(sql)
            worst, count = max(worst, time.monotonic() - started), count + 1
            await asyncio.sleep(0.002)
    return worst, count


async def revision_in(connection: asyncpg.Connection) -> Any:
    return await connection.fetchval("SELECT version_num FROM alembic_version")


async def tries_seen(connection: asyncpg.Connection, pids: set[tuple[int, Any]], table: str = "tasks") -> int:
    """How many waits for a lock on a table have been seen by now."""
    rows = await connection.fetch(
        "SELECT pid, query_start FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation = to_regclass($1)",
        table,
    )
    pids.update((row["pid"], row["query_start"]) for row in rows)
    return len(pids)


async def test_readers_hardly_notice_a_migration_that_waits_behind_a_long_one(empty_url: str) -> None:
    await migrate(empty_url, BEFORE)
    enough = asyncio.Event()
    async with connected(empty_url) as watch:
        async with long_reader(empty_url):
            migrating = asyncio.create_task(migrate(empty_url, AFTER))
            reading = asyncio.create_task(slowest(empty_url, "SELECT FROM tasks LIMIT 1", enough))
            control = asyncio.create_task(slowest(empty_url, "SELECT 1", enough))
            tries: set[tuple[int, Any]] = set()

            async def has_tried_thrice() -> bool:
                return await tries_seen(watch, tries) >= 3

            await eventually(has_tried_thrice)
            assert await revision_in(watch) == BEFORE
        await migrating
        assert await revision_in(watch) == AFTER
    enough.set()
    (worst, reads), (of_the_machine, _) = await reading, await control
    assert reads > 20
    assert worst <= STALL_SECONDS + of_the_machine, f"a read took {worst:.3f} s, where an idle one took {of_the_machine:.3f} s"


async def test_whoever_is_in_the_way_for_too_long_is_named_and_nothing_is_changed(
    empty_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    await migrate(empty_url, BEFORE)
    async with long_reader(empty_url) as reader:
        with pytest.raises(MigrationBlocked) as refusal:
            await migrate(empty_url, AFTER, wait_seconds=0.5)
        sentence = str(refusal.value)
        assert f"session {reader.get_server_pid()}" in sentence
        assert "a long report" in sentence
        assert f"pg_terminate_backend({reader.get_server_pid()})" in sentence
        assert AFTER in sentence
        assert not any(word in sentence for word in ("ALTER", "sqlalche", "asyncpg"))
        assert "a long report" in caplog.text
        assert await revision_in(reader) == BEFORE
    await migrate(empty_url, AFTER)


async def test_a_second_process_that_waits_for_too_long_is_told_who_migrates(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskhub.schema.locks.EXCLUSIVE_WAIT_SECONDS", 0.2)
    async with connected(empty_url, application_name="another deployment") as other:
        await other.execute("SELECT pg_advisory_lock(7236015402)")
        with pytest.raises(MigrationBlocked, match=rf"session {other.get_server_pid()} .*another deployment"):
            await migrate(empty_url, wait_seconds=0.2)


async def test_a_relative_destination_is_where_it_was_when_a_step_is_tried_again(empty_url: str) -> None:
    """Two steps down: the first is done, the second has to wait, and is not done twice."""
    await migrate(empty_url, AFTER)
    async with connected(empty_url) as reader:
        async with reader.transaction():
            await reader.fetch("SELECT FROM comments")  # Dropped by the second step, not touched by the first.
            going_down = asyncio.create_task(downgrade(empty_url, "-2"))

            async def is_half_way() -> bool:
                async with connected(empty_url) as watch:
                    return await revision_in(watch) == BEFORE

            await eventually(is_half_way)
        await going_down
        assert await revision_in(reader) == "0004"


CONCURRENTLY = """
from alembic import op

revision = "0001"
down_revision = None
branch_labels = "kernel"

def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS things (id int)")
    with op.get_context().autocommit_block():
        op.execute("SET application_name = 'concurrently'")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_things")
        op.execute("CREATE INDEX CONCURRENTLY ix_things ON things (id)")
    op.execute("ALTER TABLE things ADD COLUMN IF NOT EXISTS name text")

def downgrade():
    op.execute("DROP TABLE things")
"""


LONG = """
from alembic import op

revision = "0002"
down_revision = "0001"

def upgrade():
    op.execute("SELECT pg_sleep(1.2)")  # Stands for work that takes its time.

def downgrade():
    pass
"""
BLOCKED = """
from alembic import op

revision = "0003"
down_revision = "0002"

def upgrade():
    op.execute("ALTER TABLE things ADD COLUMN size int")

def downgrade():
    pass
"""


@pytest.fixture
def other_revisions(tmp_path: Path) -> Callable[[str], Config]:
    """Our environment, with revisions of the test's own."""
    for number, revision in enumerate((CONCURRENTLY, LONG, BLOCKED), start=1):
        (tmp_path / f"{number:04}.py").write_text(revision)
    others = Revisions((Branch.read(KERNEL, tmp_path),))
    return lambda url: alembic_config(others, url, wait_seconds=1.0)


async def test_an_index_that_is_built_concurrently_waits_for_old_transactions_as_long_as_it_takes(
    empty_url: str, other_revisions: Callable[[str], Config]
) -> None:
    async with connected(empty_url) as watch:
        async with connected(empty_url) as old:
            await old.execute("CREATE TABLE things (id int)")
            async with old.transaction():
                await old.execute("INSERT INTO things VALUES (1)")
                upgrading = asyncio.create_task(asyncio.to_thread(command.upgrade, other_revisions(empty_url), "0001"))

                async def has_waited() -> bool:
                    """Longer than a try lasts."""
                    query = (
                        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'concurrently'"
                        " AND query LIKE 'CREATE%' AND wait_event_type = 'Lock' AND now() - query_start > $1 * interval '1 s')"
                    )
                    return bool(await watch.fetchval(query, 3 * LOCK_TIMEOUT_SECONDS))

                await eventually(has_waited)
            await upgrading
        valid = await watch.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_things'::regclass")
        column = await watch.fetchval(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = 'things'::regclass AND attname = 'name'"
        )
        assert (valid, column, await revision_in(watch)) == (True, 1, "0001")


async def test_only_the_time_counts_in_which_others_were_in_the_way(
    empty_url: str, other_revisions: Callable[[str], Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taskhub.schema.locks.PAUSE_SECONDS", (0.01, 0.02))
    await asyncio.to_thread(command.upgrade, other_revisions(empty_url), "0001")
    async with connected(empty_url) as watch:
        async with connected(empty_url) as reader, reader.transaction():
            await reader.fetch("SELECT FROM things")
            upgrading = asyncio.create_task(asyncio.to_thread(command.upgrade, other_revisions(empty_url), "head"))
            tries: set[tuple[int, Any]] = set()

            async def has_tried_twice() -> bool:
                return await tries_seen(watch, tries, "things") >= 2 or upgrading.done()

            await eventually(has_tried_twice)
        await upgrading
        assert await revision_in(watch) == "0003"
