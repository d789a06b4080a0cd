"""What many writers at once may not have left behind."""

import asyncpg

from support.harness.postgres_log import server_log


async def deadlocks_in(url: str) -> list[str]:
    return [line for line in await server_log(url) if "deadlock detected" in line]


async def tasks_without_all_their_events(url: str) -> int:
    """How many tasks have a version that the log does not know, or skipped one."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return await connection.fetchval(
            """
            SELECT count(*) FROM tasks WHERE version <> (
                SELECT count(*) FROM events WHERE stream_id = workspace_id AND entity_id = tasks.id AND entity_version <= version
            )
            """
        )
    finally:
        await connection.close()
