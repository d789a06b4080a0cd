"""Runs the checks of `taskhub doctor` in order. It stops where a failure makes the checks that follow impossible."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime

from sqlalchemy import text

from taskhub.cli.doctor import checks
from taskhub.cli.doctor.checks import Finding, fail, ok, warn
from taskhub.cli.doctor.modules import module_findings
from taskhub.cli.doctor.placement import placement_findings
from taskhub.cli.doctor.statements import statement_findings
from taskhub.cli.errors import explanation
from taskhub.deployment import data_dir, database
from taskhub.embedded import EmbeddedPostgresError, tool
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.infrastructure.event_log.subscriptions import count_parked_events
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.modules.discovery import installed_modules
from taskhub.modules.errors import WrongModule
from taskhub.schema.heads import WrongSchema, check_schema
from taskhub.schema.revisions import WrongRevisions
from taskhub.settings import Settings, WrongSettings, read_settings

_CLOCK = Statement(text("SELECT clock_timestamp()"))
_SERVER = Statement(
    text("""
    SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS version_name,
           current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
             - coalesce(current_setting('reserved_connections', true), '0')::int AS connections,
           current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
           current_setting('synchronous_commit') AS synchronous_commit, pg_is_in_recovery() AS is_standby
    """)
)


def run_checks(wrong_groups: Sequence[str]) -> Iterator[Finding]:
    """``wrong_groups``: a sentence for each group of commands that can't be used."""
    try:
        settings = read_settings()
    except WrongSettings as error:
        yield fail("settings", str(error))
        return
    yield from module_findings(settings, wrong_groups)
    yield checks.secret(settings)
    if settings.database_url is None:
        try:
            tool("postgres")
        except EmbeddedPostgresError as error:
            yield fail("database", str(error))
            return
        folder = data_dir(settings)
        if not folder.is_dir():
            yield warn("data folder", f"{folder} does not exist yet: `taskhub serve` makes it. Is TASKHUB_DATA_DIR right?")
            return
        yield checks.disk_space(folder)
    try:
        with database(settings) as url:
            yield from asyncio.run(_check_database(url, settings))
    except EmbeddedPostgresError as error:
        yield fail("database", str(error))


async def _check_database(url: str, settings: Settings) -> list[Finding]:
    async with Database(url, pool_size=2).opened() as opened:
        try:
            return [finding async for finding in _database_findings(opened, settings)]
        except Exception as error:
            sentence = explanation(error)
            if sentence is None:
                raise
            return [fail("database", sentence)]


async def _database_findings(database: Database, settings: Settings) -> AsyncIterator[Finding]:
    server = dict((await database.fetch(_SERVER, {}))[0])
    yield checks.version(server)
    yield checks.durability(server)
    yield checks.connections(server["connections"], settings.database_pool_size, settings.workers)
    yield checks.clock(await _clock_skew(database))
    try:
        state = await check_schema(database, installed_modules().revisions)
    except (WrongModule, WrongRevisions):
        return  # Told by `module_findings`. Without them nobody knows what the schema should be.
    except WrongSchema as error:
        yield fail("schema", str(error))
        return
    yield ok("schema", "the one of this program")
    if state.uninstalled_sentence:
        yield warn("schema", f"{state.uninstalled_sentence} Install them again to use these.")
    is_whole = True
    async for finding in placement_findings(database, installed_modules().rows):
        yield finding
        is_whole = is_whole and (finding.subject, finding.level) != ("nodes", "fail")
    if not is_whole:
        return
    yield checks.parked_events(await count_parked_events(database))
    async for finding in statement_findings(database, settings.slow_statement_ms):
        yield finding


async def _clock_skew(database: Database) -> float:
    """Seconds between the clocks of this machine and of the database, with half a round trip taken into account."""
    asked_at = system_clock()
    there: datetime = (await database.fetch(_CLOCK, {}))[0][0]
    here = asked_at + (system_clock() - asked_at) / 2
    return abs((there - here).total_seconds())
