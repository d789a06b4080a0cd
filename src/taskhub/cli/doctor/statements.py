"""Which statements are slow, and why: by what PostgreSQL has measured, or else by their plans. No value is read or needed."""

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Float, bindparam, text

from taskhub.cli.doctor.checks import Finding, ok, warn
from taskhub.cli.doctor.plans import Plan, reasons
from taskhub.kernel.infrastructure.postgres.connection import Connection
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement, made_statements

MAX_TOLD = 5
UNSEEN_BYTES = 8_000_000
"""A table of this size without statistics is planned by guessing."""

_TABLES = Statement(
    text("""
    SELECT relname, reltuples::bigint AS rows, pg_relation_size(oid) AS bytes FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    """)
)
_IS_MEASURED = Statement(
    text("""
    SELECT to_regclass('pg_stat_statements') IS NOT NULL AND current_setting('pg_stat_statements.max', true) IS NOT NULL
    """)
)
_SLOWEST = Statement(
    text("""
    SELECT query, calls, mean_exec_time FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mean_exec_time >= :slow_ms AND query ~* '^\\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\\M'
    ORDER BY mean_exec_time * calls DESC
    """).bindparams(bindparam("slow_ms", type_=Float()))
)
_GENERIC_PLANS = Statement(text("SET plan_cache_mode = force_generic_plan"))
_FORGET = Statement(text("DEALLOCATE taskhub_doctor"))


async def statement_findings(database: Database, slow_ms: int) -> AsyncIterator[Finding]:
    """``slow_ms``: from how many milliseconds on a statement is slow."""
    async with database.connection() as connection:
        tables = await connection.fetch(_TABLES, {})
        if unseen := sorted(table["relname"] for table in tables if table["rows"] < 0 and table["bytes"] >= UNSEEN_BYTES):
            yield warn("statistics", f"there are none of {', '.join(unseen)}: run ANALYZE, and leave autovacuum on.")
        table_rows = {table["relname"]: table["rows"] for table in tables}
        await connection.fetch(_GENERIC_PLANS, {})
        if (await connection.fetch(_IS_MEASURED, {}))[0][0]:
            slowest = await connection.fetch(_SLOWEST, {"slow_ms": float(slow_ms)})
            for finding in await _measured(connection, slowest, slow_ms, table_rows):
                yield finding
        else:
            yield await _planned(connection, table_rows)


async def _measured(
    connection: Connection, slowest: Sequence[Mapping[str, Any]], slow_ms: int, table_rows: Mapping[str, int]
) -> list[Finding]:
    if not slowest:
        return [ok("statements", f"none takes {slow_ms} ms on average, says pg_stat_statements")]
    known = {_skeleton(statement.sql): statement for statement in made_statements()}
    found = []
    for row in slowest[:MAX_TOLD]:
        declared = known.get(_skeleton(row["query"]))
        name = declared.name if declared else " ".join(row["query"].split())[:100]
        why = await _why(connection, declared.sql if declared else row["query"], table_rows)
        found.append(
            warn("statements", f"{name} takes {row['mean_exec_time']:.0f} ms on average in {row['calls']} calls: {why}.")
        )
    return found


async def _why(connection: Connection, sql: str, table_rows: Mapping[str, int]) -> str:
    try:
        plan = await _plan(connection, _completed(sql))
    except Exception as error:  # What was measured may be anybody's: on tables that are gone, or without types of constants.
        return f"PostgreSQL makes no plan of it ({str(error).splitlines()[0]})"
    told = reasons(plan, table_rows)
    return f"it {' and '.join(told)}" if told else "its plan reads little, so it waits for locks, for the disk or for the CPU"


async def _planned(connection: Connection, table_rows: Mapping[str, int]) -> Finding:
    """Without measurements: what the plans say about what this program sends."""
    statements = {statement.sql: statement.name for statement in made_statements() if _is_ours(statement, table_rows)}
    plans = {sql: await _plan(connection, sql) for sql in statements}
    dearest = sorted(plans, key=lambda sql: plans[sql]["Total Cost"], reverse=True)
    large = [f"{statements[sql]} {' and '.join(told)}" for sql in dearest if (told := reasons(plans[sql], table_rows))]
    missing = "pg_stat_statements, which would tell times, is not there"
    if not large:
        return ok("statements", f"all {len(plans)} plans read little ({missing})")
    return ok("statements", f"by their plans, these read much: {'; '.join(large[:MAX_TOLD])} ({missing})")


async def _plan(connection: Connection, sql: str) -> Plan:
    """The plan that serves all values of the parameters, whose types the SQL tells. `EXPLAIN (GENERIC_PLAN)` would make the same,
    but takes the parameters of the statement for its own where the driver prepares it.
    """
    await connection.fetch(_as_it_is(f"PREPARE taskhub_doctor AS {sql}"), {})
    try:
        nothing = ", ".join(["NULL"] * max(map(int, re.findall(r"\$(\d+)", sql)), default=0))
        explain = f"EXPLAIN (FORMAT JSON) EXECUTE taskhub_doctor{f'({nothing})' if nothing else ''}"
        told = (await connection.fetch(_as_it_is(explain), {}))[0][0]
    finally:
        await connection.fetch(_FORGET, {})
    plan: Plan = json.loads(told)[0]["Plan"]
    return plan


def _completed(sql: str) -> str:
    """With a field in `EXTRACT`, which is a word and no value, and is stored as a parameter all the same. The others are numbered
    anew: of one that is left out the type would not be known.
    """
    sql = re.sub(r"(?i)EXTRACT\(\$\d+ FROM", "EXTRACT(EPOCH FROM", sql)
    left = sorted({int(number) for number in re.findall(r"\$(\d+)", sql)})
    return re.sub(r"\$(\d+)", lambda found: f"${left.index(int(found[1])) + 1}", sql)


def _as_it_is(sql: str) -> Statement:
    return Statement(text(sql.replace(":", r"\:")), name="doctor")


def _is_ours(statement: Statement, table_rows: Mapping[str, int]) -> bool:
    """Whether it is on tables of this schema, all of which are there."""
    return bool(statement.tables) and statement.tables <= table_rows.keys()


def _skeleton(sql: str) -> str:
    """The same for a statement and for what PostgreSQL makes of it, where constants are parameters as well."""
    return re.sub(r"\s+|\$\d+|'(?:[^']|'')*'|\b\d+\b", "?", sql.strip()).casefold()
