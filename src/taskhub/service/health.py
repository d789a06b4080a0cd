"""Health checks: the database answers with the schema of this program, and connections come back to the pool."""

from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.schema.heads import WrongSchema, check_schema
from taskhub.schema.revisions import Revisions


async def check_ready(database: Database, revisions: Revisions) -> None:
    """Raises:
    Unavailable: the detail says what is wrong.
    """
    try:
        await check_schema(database, revisions)
    except WrongSchema as error:
        raise Unavailable(str(error)) from error


def check_live(database: Database) -> None:
    """Raises:
    Unavailable: at least half of the pool's connections were never given back.
    """
    if 2 * database.overdue() >= database.pool_size:
        raise Unavailable("This process has lost too many of its connections to the database and has to be restarted.")
