"""What `taskhub doctor` asks the database."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text

from taskhub.cli.doctor.findings import Finding, fail, ok, warn
from taskhub.kernel.application.clock import system_clock
from taskhub.kernel.infrastructure.event_log.subscription_statements import COUNT_PARKED
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.schema.migrate import WrongSchema, check_schema
from taskhub.settings import Settings

Facts = Mapping[str, Any]

OLDEST_VERSION = 160000
LITTLE_SKEW, MUCH_SKEW = 1.0, 60.0
"""Seconds. Sessions last minutes, but what is due and who was quicker are told by these clocks."""

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


async def all_of(database: Database, settings: Settings) -> AsyncIterator[Finding]:
    server = dict((await database.fetch(_SERVER, {}))[0])
    yield version(server)
    yield durability(server)
    yield connections(server["connections"], settings.database_pool_size)
    yield clock(await _skew(database))
    try:
        await check_schema(database)
    except WrongSchema as error:
        yield fail("schema", str(error))
        return
    yield ok("schema", "the one of this program")
    yield parked({row["subscriber"]: row["count"] for row in await database.fetch(COUNT_PARKED, {})})


def version(server: Facts) -> Finding:
    if server["is_standby"]:
        return fail("database", "this is a standby that takes no writes: point TASKHUB_DATABASE_URL to the primary.")
    if server["version"] < OLDEST_VERSION:
        return warn("database", f"PostgreSQL {server['version_name']} was never tested with TaskHub: upgrade to 16 or newer.")
    return ok("database", f"answers (PostgreSQL {server['version_name']})")


def durability(server: Facts) -> Finding:
    off = [name for name in ("fsync", "full_page_writes") if server[name] == "off"]
    if off:
        return fail("durability", f"{' and '.join(off)} off: a crash can destroy the database. Switch on in postgresql.conf.")
    if server["synchronous_commit"] == "off":
        return warn("durability", "synchronous_commit is off: a crash loses what was acknowledged in the last moments.")
    return ok("durability", "what is acknowledged is on disk")


def connections(limit: int, size: int) -> Finding:
    """``limit``: what the server has for programs like us. ``size``: of the pool of one process."""
    text = f"{limit} for TaskHub's processes, each of which takes up to TASKHUB_DATABASE_POOL_SIZE={size}"
    if size > limit:
        return fail("connections", f"{text}: make the pool smaller, or max_connections larger.")
    if size * 2 > limit:
        return warn("connections", f"{text}: no room for a second process, nor for a restart beside the old one.")
    return ok("connections", f"{text}: room for {limit // size}")


def clock(seconds: float) -> Finding:
    text = f"{seconds:.1f} s between this machine and the database"
    if seconds > MUCH_SKEW:
        return fail("clock", f"{text}: sign-ins and due dates go wrong. Set the clock, and keep it right with NTP.")
    return warn("clock", f"{text}: keep both right with NTP.") if seconds > LITTLE_SKEW else ok("clock", text)


async def _skew(database: Database) -> float:
    asked_at = system_clock()
    there: datetime = (await database.fetch(_CLOCK, {}))[0][0]
    here = asked_at + (system_clock() - asked_at) / 2
    return abs((there - here).total_seconds())


def parked(counted: Mapping[str, int]) -> Finding:
    """``counted``: by subscriber."""
    if not counted:
        return ok("events", "none is parked")
    counts = ", ".join(f"{count} of {subscriber}" for subscriber, count in counted.items())
    return warn("events", f"could not be handled and were passed over: {counts}. Report the errors in the table parked_events.")
