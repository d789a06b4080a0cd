"""An empty application again: all rows of all modules, and what the process knows of them."""

from sqlalchemy import text

from taskhub.kernel.application.errors import Busy
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.infrastructure.postgres.statements import Statement

TRIES = 5


async def empty_tables(database: Database) -> None:
    """Raises:
    Unavailable, Busy
    """
    tables = ", ".join(f'"{name}"' for name in sorted(Row.metadata.tables))
    statement = Statement(text(f"TRUNCATE {tables}"))
    for tries in range(TRIES):
        try:
            await database.fetch(statement, {})
        except Busy:  # A subscriber held what it asked for: the one or the other gives way.
            if tries == TRIES - 1:
                raise
        else:
            return
