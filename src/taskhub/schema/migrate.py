"""Upgrades the database's schema with Alembic."""

import asyncio

from alembic import command
from alembic.config import Config

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.schema.heads import MIGRATIONS, newest_revision, refuse_newer, revision_of
from taskhub.schema.locks import WAIT_SECONDS


def alembic_config(database_url: str | None = None, wait_seconds: float = WAIT_SECONDS) -> Config:
    """Alembic's configuration for the migrations that came with this program.

    ``wait_seconds``: how long others may hold locks that a revision needs.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["database_url"] = database_url
    config.attributes["wait_seconds"] = wait_seconds
    return config


async def migrate(database_url: str, revision: str = "head", *, wait_seconds: float = WAIT_SECONDS) -> None:
    """Upgrades the schema. Safe to call from many processes at once: one works, the others wait for it.

    Raises:
        MigrationBlocked: others held locks that a revision needs for ``wait_seconds``, or another process migrates for too long.
        WrongSchema: it was made by a newer program.
    """
    async with Database(database_url, pool_size=1).opened() as database:
        found = await revision_of(database)
    refuse_newer(found)
    if found == newest_revision() and revision == "head":
        return
    await asyncio.to_thread(command.upgrade, alembic_config(database_url, wait_seconds), revision)
