"""What commands do before their work: read the settings, build the application, and check or migrate the schema."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from taskhub.container import Container
from taskhub.deployment import Deployment, deployment, new_secret
from taskhub.kernel.application.errors import Unavailable
from taskhub.kernel.cli import CommandFailed
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.modules.discovery import installed_modules
from taskhub.schema.heads import check_schema, read_state
from taskhub.schema.revisions import Revisions
from taskhub.settings import Settings, read_settings

Result = TypeVar("Result")


def check_modules(settings: Settings) -> list[str]:
    """The names of the modules, which fit together and whose settings are right. Nothing is opened for it.

    Raises:
        WrongModule
        WrongSettings
    """
    application = Container(settings=settings, database_url="postgresql://", secret_keys=(new_secret().encode(),))
    return [*application.modules]


def ready_application(
    settings: Settings, deployed: Deployment, before_build: Callable[[Container], None] | None = None
) -> Container:
    """The application on a database with its schema. Modules and their settings are checked before the schema is changed.

    ``before_build``: what puts other parts in the place of the application's.

    Raises:
        WrongModule
        WrongSettings
        WrongRevisions
        WrongSchema
    """
    application = Container(settings=settings, database_url=deployed.database_url, secret_keys=deployed.secret_keys)
    if before_build is not None:
        before_build(application)
    _ = application.modules
    migrate_or_check(deployed)
    return application


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


def run_operation(module: str, work: Callable[[Any], Awaitable[Result]]) -> Result:
    """Runs an operator's command with the container of a module, within the whole application, without serving it.

    Raises:
        CommandFailed: there is no such module.
        WrongModule
        WrongSettings
        WrongSchema
        EmbeddedPostgresError
    """
    settings = read_settings()

    async def opened(application: Container) -> Result:
        async with application.database().opened():
            return await work(application.modules[module])

    with deployment(settings) as deployed:
        application = ready_application(settings, deployed)
        if module not in application.modules:
            raise CommandFailed(f"This command needs the module {module}, which is not installed.")
        return asyncio.run(opened(application))
