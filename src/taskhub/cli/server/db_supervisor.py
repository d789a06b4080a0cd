"""Restarts the embedded database if it dies while a process uses it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy import literal, select

from taskhub.background import running_loops
from taskhub.deployment import data_dir
from taskhub.embedded import EmbeddedPostgres, EmbeddedPostgresError
from taskhub.kernel.application.errors import Busy, Unavailable
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.settings import Settings

CHECK_SECONDS = 0.5
_PING = Statement(select(literal(1)))

log = structlog.get_logger("taskhub.database")


@asynccontextmanager
async def supervised_database(database: Database, settings: Settings) -> AsyncIterator[None]:
    """Supervises the embedded database for as long as the block lasts. Does nothing with an external one."""
    if settings.database_url is not None:
        yield
        return
    async with running_loops(partial(_supervise, database, data_dir(settings))):
        yield


async def _supervise(database: Database, folder: Path) -> None:
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        try:
            await database.fetch(_PING, {})
        except Busy:
            continue
        except Unavailable:
            try:
                await asyncio.to_thread(_start, folder)
            except EmbeddedPostgresError as error:
                log.warning("the embedded database can't be restarted", reason=str(error))


def _start(folder: Path) -> None:
    """This process is a client of the server all the time, so leaving the block does not stop it again."""
    with EmbeddedPostgres(folder).running():
        log.warning("the embedded database was restarted")
