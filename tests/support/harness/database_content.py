"""All rows of a database that are about somebody, to compare what it was with what it is."""

from typing import Any

import asyncpg

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL($1::text[]) ORDER BY tablename"
OF_PROCESSES = ("rate_limit_hits", "subscriptions", "webhook_queues", "webhook_deliveries")
"""Tables that loops in the background write, whatever requests do. They also write ``last_used_at``."""


async def content_of(database_url: str, *ids: str) -> dict[str, list[Any]]:
    """The rows of each table in which one of these ids stands, sorted. Others may change: loops in the background work on what
    other tests have done.
    """
    connection = await asyncpg.connect(database_url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        tables = [row["tablename"] for row in await connection.fetch(_TABLES, OF_PROCESSES)]
        return {table: await _rows(connection, table, ids) for table in tables}
    finally:
        await connection.close()


async def _rows(connection: asyncpg.Connection, table: str, ids: tuple[str, ...]) -> list[str]:
    statement = f"""SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM "{table}" AS t WHERE t::text ~ $1"""
    return sorted(row["row"] for row in await connection.fetch(statement, "|".join(ids)))
