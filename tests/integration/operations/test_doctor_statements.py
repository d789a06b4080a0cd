"""`taskhub doctor` says which statements are slow, and why."""

from collections.abc import Iterator

import pytest

from integration.conftest import migrated_database
from support.harness.databases import execute
from taskhub.cli.doctor.checks import Finding
from taskhub.cli.doctor.statements import statement_findings
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.users.infrastructure.queries import _USER

SLOW_MS = 250
MEASURES = (
    """CREATE TABLE pg_stat_statements AS SELECT oid AS dbid, ''::text AS query, 0::bigint AS calls, 0::float8 AS mean_exec_time
       FROM pg_database WHERE datname = current_database()""",
    """DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "pg_stat_statements.max" = 5000', current_database()); END $$""",
)
"""As much of the extension as is asked for: the server of the tests has none."""


@pytest.fixture
def url(template_url: str) -> Iterator[str]:
    with migrated_database(template_url) as url:
        yield url


@pytest.fixture
async def measuring(url: str) -> str:
    """A database that measures statements."""
    await execute(url, *MEASURES)
    return url


async def findings(url: str) -> list[Finding]:
    async with Database(url, pool_size=1).opened() as database:
        return [finding async for finding in statement_findings(database, SLOW_MS)]


async def measure(url: str, query: str, milliseconds: float) -> None:
    escaped = query.replace("'", "''")
    await execute(
        url, f"INSERT INTO pg_stat_statements SELECT dbid, '{escaped}', 12, {milliseconds} FROM pg_stat_statements LIMIT 1"
    )


def normalised(statement: Statement) -> str:
    """As the extension stores it: what is constant is a parameter."""
    return statement.sql.replace("IS NULL", "IS\n NULL").replace("true", "$7")


async def test_without_measurements_it_reads_the_plans(url: str) -> None:
    (finding,) = await findings(url)
    assert finding.level == "ok"
    assert finding.text.endswith("plans read little (pg_stat_statements, which would tell times, is not there)")


async def test_it_names_statements_that_read_a_large_table(url: str) -> None:
    await execute(
        url,
        "INSERT INTO parked_events (subscriber, stream_id, seq, error, parked_at)"
        " SELECT 'nobody', gen_random_uuid(), number, 'an error', now()"
        " FROM generate_series(1, 20000) AS number",
        "ANALYZE parked_events",
    )
    (finding,) = await findings(url)
    assert "kernel.event_log.subscription_statements.parked_events reads all 20,000 rows of parked_events" in finding.text


async def test_it_says_that_nothing_is_slow(measuring: str) -> None:
    await measure(measuring, _USER.sql, SLOW_MS - 1)
    assert [(one.level, one.text) for one in await findings(measuring)] == [
        ("ok", "none takes 250 ms on average, says pg_stat_statements")
    ]


async def test_a_slow_statement_has_its_name(measuring: str) -> None:
    await measure(measuring, normalised(_USER), SLOW_MS)
    (finding,) = await findings(measuring)
    assert finding.level == "warn"
    assert finding.text.startswith("users.queries.user takes 250 ms on average in 12 calls: its plan reads little, so it waits")


async def test_a_slow_statement_that_reads_a_large_table_is_told_so(measuring: str) -> None:
    await execute(measuring, "CREATE TABLE others AS SELECT number FROM generate_series(1, 30000) AS number", "ANALYZE others")
    await measure(measuring, "SELECT count(*) FROM others WHERE number % $1 = $2 AND extract($3 FROM now()) > $4", 900)
    (finding,) = await findings(measuring)
    assert finding.text.endswith("takes 900 ms on average in 12 calls: it reads all 30,000 rows of others.")


async def test_a_statement_of_others_that_cannot_be_planned_is_told_all_the_same(measuring: str) -> None:
    await measure(measuring, "SELECT * FROM gone", 900)
    await measure(measuring, "VACUUM tasks", 9000)
    (finding,) = await findings(measuring)
    assert (
        'SELECT * FROM gone takes 900 ms on average in 12 calls: PostgreSQL makes no plan of it (relation "gone"' in finding.text
    )


async def test_a_large_table_that_was_never_analyzed_is_told(url: str) -> None:
    await execute(
        url,
        "CREATE TABLE large WITH (autovacuum_enabled = false) AS SELECT repeat('x', 1000) FROM generate_series(1, 10000)",
    )
    assert [one.text for one in await findings(url) if one.level == "warn"] == [
        "there are none of large: run ANALYZE, and leave autovacuum on."
    ]
