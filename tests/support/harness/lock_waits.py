"""Who waits for a lock in a database, on whatever node of it."""

import asyncpg

from support.harness.waiting import eventually

_ON_A_CLUSTER = "SELECT to_regclass('pg_catalog.citus_stat_activity') IS NOT NULL"
_WAITING = "SELECT count(*) FROM {} WHERE wait_event_type = 'Lock' AND datname = current_database()"


async def count_lock_waits(connection: asyncpg.Connection) -> int:
    """How many wait in this database: others of the same server are other tests'."""
    view = "citus_stat_activity" if await connection.fetchval(_ON_A_CLUSTER) else "pg_stat_activity"
    count: int = await connection.fetchval(_WAITING.format(view))
    return count


async def until_a_lock_is_waited_for(database_url: str) -> None:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))

    async def somebody_waits() -> bool:
        return await count_lock_waits(connection) > 0

    try:
        await eventually(somebody_waits)
    finally:
        await connection.close()
