"""Whether the service can do its work: the database answers, its schema is the one that this code was written for, and the
connections come back.
"""

from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.schema.migrate import WrongSchema, check_schema


async def check_ready(database: Database) -> None:
    """Raises:
    Unavailable: says what is missing.
    """
    try:
        await check_schema(database)
    except WrongSchema as error:
        raise Unavailable(str(error)) from error


def check_live(database: Database) -> None:
    """Raises:
    Unavailable: half of the connections were never given back.
    """
    if 2 * database.overdue() >= database.pool_size:
        raise Unavailable("Too many connections to the database were never given back. This process has to be restarted.")
