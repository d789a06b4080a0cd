"""Whether the service can do its work: the database answers, and its schema is the one that this code was written for."""

from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.infrastructure.database import Database
from taskhub.migrate import WrongSchema, check_schema


async def check_ready(database: Database) -> None:
    """Raises:
    Unavailable: says what is missing.
    """
    try:
        await check_schema(database)
    except WrongSchema as error:
        raise Unavailable(str(error)) from error
