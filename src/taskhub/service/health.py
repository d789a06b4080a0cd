"""Health checks: the database answers and has the schema of this version, and connections return to the pool."""

from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.infrastructure.database import Database
from taskhub.schema.migrate import WrongSchema, check_schema


async def check_ready(database: Database) -> None:
    """Raises:
    Unavailable: the detail says what is wrong.
    """
    try:
        await check_schema(database)
    except WrongSchema as error:
        raise Unavailable(str(error)) from error


def check_live(database: Database) -> None:
    """Raises:
    Unavailable: half of the connections of the pool are lost.
    """
    if 2 * database.overdue() >= database.pool_size:
        raise Unavailable("This process has lost too many of its connections to the database. Restart it.")
