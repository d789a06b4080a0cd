"""What commands do before their work: read the settings, and make sure that the database has this program's schema."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from taskhub.container import Container
from taskhub.deployment import Deployment, deployment
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.modules.discovery import installed_modules
from taskhub.schema.heads import check_schema, read_state
from taskhub.schema.revisions import Revisions
from taskhub.settings import Settings, read_settings

Result = TypeVar("Result")


@contextmanager
def migrated_deployment(settings: Settings) -> Iterator[Deployment]:
    """The deployment of these settings; its database has this program's schema.

    Raises:
        WrongSettings
        WrongModule
        WrongRevisions
        WrongSchema
        EmbeddedPostgresError
    """
    with deployment(settings) as deployed:
        migrate_or_check(deployed)
        yield deployed


def migrate_or_check(deployed: Deployment) -> None:
    """Migrates the embedded database; of an external one the schema is only checked.

    Raises:
        WrongModule
        WrongRevisions
        WrongSchema
    """
    revisions = installed_modules().revisions
    asyncio.run((_migrate if deployed.is_embedded else _check)(deployed.database_url, revisions))


async def _migrate(database_url: str, revisions: Revisions) -> None:
    async with Database(database_url, pool_size=1).opened() as database:
        state = await read_state(database, revisions)
    state.refuse_newer()
    if state.lacking:
        from taskhub.schema.migrate import migrate  # Imports Alembic, which a start with nothing to migrate can do without.

        await migrate(database_url, revisions)


async def _check(database_url: str, revisions: Revisions) -> None:
    """Where the database does not answer, the process starts all the same: `/health/ready` is 503 until it does."""
    async with Database(database_url, pool_size=1).opened() as database:
        try:
            await check_schema(database, revisions)
        except Unavailable:
            return


def build_container(settings: Settings, deployed: Deployment) -> Container:
    return Container(settings=settings, database_url=deployed.database_url, secret_keys=deployed.secret_keys)


def run_operation(work: Callable[[Container], Awaitable[Result]]) -> Result:
    """Runs an operator's command with the whole application, without serving it."""
    settings = read_settings()

    async def opened(program: Container) -> Result:
        async with program.database().opened():
            return await work(program)

    with migrated_deployment(settings) as deployed:
        return asyncio.run(opened(build_container(settings, deployed)))
