"""The order in which `taskhub doctor` looks at things: it stops where what follows could not be seen."""

import asyncio
from collections.abc import Iterator

from taskhub.cli.doctor import database as database_checks
from taskhub.cli.doctor import folder as folder_checks
from taskhub.cli.doctor.findings import Finding, fail, ok, warn
from taskhub.cli.errors import explanation
from taskhub.deployment import data_dir, database
from taskhub.embedded import EmbeddedPostgresError, tool
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.settings import Settings, WrongSettings, read_settings


def examine() -> Iterator[Finding]:
    try:
        settings = read_settings()
    except WrongSettings as error:
        yield fail("settings", str(error))
        return
    yield ok("settings", "all known and valid")
    yield folder_checks.secret(settings)
    if settings.database_url is None:
        try:
            tool("postgres")
        except EmbeddedPostgresError as error:
            yield fail("database", str(error))
            return
        folder = data_dir(settings)
        if not folder.is_dir():
            yield warn("data folder", f"{folder} is not there yet: `taskhub serve` makes it. Is TASKHUB_DATA_DIR as you want it?")
            return
        yield folder_checks.disk_space(folder)
    try:
        with database(settings) as url:
            yield from asyncio.run(_findings_of_database(url, settings))
    except EmbeddedPostgresError as error:
        yield fail("database", str(error))


async def _findings_of_database(url: str, settings: Settings) -> list[Finding]:
    async with Database(url, pool_size=2).opened() as opened:
        try:
            return [finding async for finding in database_checks.all_of(opened, settings)]
        except Exception as error:
            sentence = explanation(error)
            if sentence is None:
                raise
            return [fail("database", sentence)]
