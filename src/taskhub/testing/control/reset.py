"""An empty application again: all rows of all modules."""

from functools import cache

from sqlalchemy import text

from taskhub.kernel.application.errors import Busy
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.infrastructure.postgres.statements import Statement

TRIES = 5
MAX_BYTES_TO_DELETE = 8 * 1024 * 1024
"""Deleting the few rows of a test takes 5 ms where truncating takes 200 (on a loaded machine): that makes new files for each one.
But what is deleted stays in the files, and many rows are deleted slowly.
"""


async def empty_tables(database: Database) -> None:
    """Raises:
    Unavailable, Busy
    """
    size, delete, truncate = _statements()
    for tries in range(TRIES):
        is_small = (await database.fetch(size, {}))[0][0] <= MAX_BYTES_TO_DELETE
        try:
            await database.fetch(delete if is_small else truncate, {})
        except Busy:  # A subscriber held what it asked for: the one or the other gives way.
            if tries == TRIES - 1:
                raise
        else:
            return


@cache
def _statements() -> tuple[Statement, Statement, Statement]:
    """How large all tables are; one statement that deletes all rows; one that truncates all tables."""
    names = [f'"{name}"' for name in sorted(Row.metadata.tables)]
    sizes = " + ".join(f"pg_relation_size('{name}')" for name in names)
    deletions = ", ".join(f"deleted_{number} AS (DELETE FROM {name})" for number, name in enumerate(names))  # noqa: S608  # Names of our own tables.
    return (
        Statement(text(f"SELECT {sizes}")),
        Statement(text(f"WITH {deletions} SELECT 1")),
        Statement(text(f"TRUNCATE {', '.join(names)}")),
    )
