"""The PostgreSQL server's log about one of its databases."""

from uuid import uuid4

import asyncpg

from support.harness.waiting import eventually

PREFIX = "%m [%p] %d "
"""Begins each line of the log: the last of it is the database."""

_LINES = """
SELECT line FROM regexp_split_to_table(pg_read_file(pg_current_logfile()), '\\n') AS line
WHERE position(' ' || current_database() || ' ' IN line) > 0
"""


async def server_log(database_url: str) -> list[str]:
    """The lines about this database, all that were written until now."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    try:
        mark, lines = uuid4().hex, list[str]()

        async def is_complete() -> bool:
            lines[:] = [record["line"] for record in await connection.fetch(_LINES)]
            return any(mark in line for line in lines)

        await connection.execute(f"DO $$ BEGIN RAISE LOG '{mark}'; END $$")
        await eventually(is_complete)
        return lines[:-1]
    finally:
        await connection.close()
