"""The schema of a database, up and down."""

import asyncio

from alembic import command

from taskhub.modules.discovery import installed_modules
from taskhub.schema import migrate as schema
from taskhub.schema.heads import SchemaState
from taskhub.schema.locks import WAIT_SECONDS
from taskhub.schema.revisions import Revisions


async def migrate(
    url: str, destination: str = schema.ALL, *, wait_seconds: float = WAIT_SECONDS, revisions: Revisions | None = None
) -> SchemaState:
    """``revisions``: those of the installed modules, where others are not given."""
    return await schema.migrate(url, revisions or installed_modules().revisions, destination, wait_seconds=wait_seconds)


async def downgrade(url: str, destination: str, *, revisions: Revisions | None = None) -> None:
    config = schema.alembic_config(revisions or installed_modules().revisions, url)
    await asyncio.to_thread(command.downgrade, config, destination)
