"""Upgrades the database's schema with Alembic."""

import asyncio

from alembic import command
from alembic.config import Config

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.schema.heads import SchemaState, read_state
from taskhub.schema.locks import WAIT_SECONDS
from taskhub.schema.revision_rules import parents_of
from taskhub.schema.revisions import ENVIRONMENT, Revisions

ALL = "heads"
"""The newest revisions of all branches."""


def alembic_config(revisions: Revisions, database_url: str | None = None, wait_seconds: float = WAIT_SECONDS) -> Config:
    """Alembic's configuration for these revisions.

    ``wait_seconds``: how long others may hold locks that a revision needs.
    """
    config = Config()
    folders = "\n".join(str(branch.folder) for branch in revisions)
    for name, value in {"script_location": str(ENVIRONMENT), "version_locations": folders, "path_separator": "newline"}.items():
        config.set_main_option(name, value.replace("%", "%%"))
    config.attributes["database_url"] = database_url
    config.attributes["wait_seconds"] = wait_seconds
    config.attributes["revisions"] = revisions
    return config


async def migrate(
    database_url: str, revisions: Revisions, destination: str = ALL, *, wait_seconds: float = WAIT_SECONDS
) -> SchemaState:
    """Upgrades the schema. Safe to call from many processes at once: one works, the others wait for it.

    Returns what was found before.

    Raises:
        MigrationBlocked: others held locks that a revision needs for ``wait_seconds``, or another process migrates for too long.
        WrongSchema: it was made by a newer program, or a newer version of a module.
        WrongRevisions
    """
    async with Database(database_url, pool_size=1).opened() as database:
        state = await read_state(database, revisions)
    state.refuse_newer()
    if state.lacking or destination != ALL:
        parents_of(revisions)
        await asyncio.to_thread(command.upgrade, alembic_config(revisions, database_url, wait_seconds), destination)
    return state
