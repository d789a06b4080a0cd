"""What a command does before its work: read the settings, and have a database with this program's schema."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from taskhub.container import Container
from taskhub.deployment import Deployment, deployment
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.migrate import check_schema, migrate
from taskhub.settings import Settings, read_settings

Result = TypeVar("Result")


@contextmanager
def prepared(settings: Settings) -> Iterator[Deployment]:
    """The deployment of these settings, with the schema of this program.

    Raises:
        WrongSettings
        WrongSchema
        EmbeddedPostgresError
    """
    with deployment(settings) as place:
        bring_up_to_date(place)
        yield place


def bring_up_to_date(place: Deployment) -> None:
    """Migrates a database of our own; of another the schema is only checked.

    Raises:
        WrongSchema
    """
    asyncio.run(migrate(place.database_url) if place.is_embedded else _check(place.database_url))


async def _check(database_url: str) -> None:
    """A database that is away is no reason not to start: it is waited for, and readiness says so."""
    async with Database(database_url, pool_size=1).opened() as database:
        try:
            await check_schema(database)
        except Unavailable:
            return


def container(settings: Settings, place: Deployment) -> Container:
    return Container(settings=settings, database_url=place.database_url, secret_keys=place.secret_keys)


def operate(work: Callable[[Container], Awaitable[Result]]) -> Result:
    """Does an operator's work on the whole program, without serving it."""
    settings = read_settings()

    async def opened(program: Container) -> Result:
        async with program.database().opened():
            return await work(program)

    with prepared(settings) as place:
        return asyncio.run(opened(container(settings, place)))
