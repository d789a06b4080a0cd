"""Distributes the tables of all modules over the nodes of a Citus cluster, each by the column that its row class names."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.sql.ddl import sort_tables

from taskhub.kernel.infrastructure.postgres.connection import Connection
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import Row, table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement

FIRST_TABLE = "event_streams"
"""The others are placed as this one: the rows of a workspace are on one node, whatever table they are in."""
SETTINGS = {
    # Or each new connection of the driver looks through all shards in the catalogue: almost a second.
    "citus.override_table_visibility": "off",
    # Milliseconds. A node that does not answer is given up before the statement is, so that no connection waits for it for long.
    "citus.node_connection_timeout": "2000",
}
"""What the database needs, on all nodes."""

TABLE_SECONDS = 24 * 3600.0
"""How long one table may take: all of its rows are copied to the nodes."""

HAS_CITUS = Statement(text("SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL"))
_DISTRIBUTED = Statement(
    text(
        "SELECT logicalrelid::regclass::text AS name, column_to_column_name(logicalrelid, partkey) AS by,"
        " pg_relation_size(logicalrelid) > 0 AS has_copy FROM pg_dist_partition WHERE partmethod = 'h'"
    )
)
_TABLES = Statement(
    text("SELECT relname::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
)
_DATABASE = Statement(
    text(
        "SELECT quote_ident(datname) AS name, coalesce(setconfig, '{}') AS settings"
        " FROM pg_database LEFT OUTER JOIN pg_db_role_setting ON setdatabase = pg_database.oid AND setrole = 0"
        " WHERE datname = current_database()"
    )
)
_WITHOUT_LIMITS = Statement(text("SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)"))
_DISTRIBUTE = Statement(
    text(
        "SELECT create_distributed_table(CAST(CAST(:name AS text) AS regclass), CAST(:by AS text),"
        " colocate_with => CAST(:beside AS text))"
    )
)
_DELETE_COPY = Statement(text("SELECT truncate_local_data_after_distributing_table(CAST(CAST(:name AS text) AS regclass))"))


class NotDistributable(Exception):
    """The tables can't be distributed. The message says why, and what to do."""


class DistributedTable(NamedTuple):
    name: str
    by: str


class Distribution(NamedTuple):
    """What there is to be done.

    Attributes:
        tables: those that are to be distributed, in the order of what they refer to.
        settings: the names of those of the database that are still to be made.
        copies: tables whose rows from before they were distributed are still on the coordinator, where nobody sees them.
    """

    tables: tuple[DistributedTable, ...]
    settings: tuple[str, ...]
    copies: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        return not any(self)

    def lines(self) -> list[str]:
        return [
            *(f"set {name} = {SETTINGS[name]} for the database" for name in self.settings),
            *(f"distribute {table.name} by {table.by}" for table in self.tables),
            *(f"delete the former copy of {name} on the coordinator" for name in self.copies),
        ]


def declared(rows: Iterable[type[Row]]) -> tuple[DistributedTable, ...]:
    """The tables that are distributed, in the order of what they refer to; the first one by itself.

    Raises:
        NotDistributable: a table doesn't say how.
    """
    rows = list(rows)
    columns = {row.__tablename__: getattr(row, "distributed_by", "") for row in rows}
    silent = sorted(name for name, column in columns.items() if column == "")
    if silent:
        raise NotDistributable(
            f"These tables don't say how they are distributed: {', '.join(silent)}. Their modules have to name `distributed_by`"
            " in each class of rows: the column of the workspace, or None for a table that stays on the coordinator."
        )
    tables = sort_tables([table_of(row) for row in rows if columns[row.__tablename__]])
    ordered = sorted(tables, key=lambda table: table.name != FIRST_TABLE)
    return tuple(DistributedTable(table.name, str(columns[table.name])) for table in ordered)


async def plan_distribution(connection: Connection, rows: Iterable[type[Row]]) -> Distribution:
    """What is to be done on the database as it is.

    Raises:
        NotDistributable
    """
    [(has_citus,)] = await connection.fetch(HAS_CITUS, {})
    if not has_citus:
        raise NotDistributable("The database has no extension `citus`: connect to the coordinator of a Citus cluster.")
    wanted = declared(rows)
    there = {row["name"] for row in await connection.fetch(_TABLES, {})}
    if lacking := sorted(table.name for table in wanted if table.name not in there):
        raise NotDistributable(f"The schema lacks {', '.join(lacking)}: run `taskhub migrate` first.")
    distributed = await connection.fetch(_DISTRIBUTED, {})
    found = {row["name"]: row["by"] for row in distributed}
    wrong = [f"{table.name} (by {found[table.name]})" for table in wanted if found.get(table.name, table.by) != table.by]
    if wrong:
        raise NotDistributable(f"Distributed by another column than TaskHub needs: {', '.join(wrong)}.")
    [database] = await connection.fetch(_DATABASE, {})
    return Distribution(
        tuple(table for table in wanted if table.name not in found),
        tuple(name for name, value in SETTINGS.items() if f"{name}={value}" not in database["settings"]),
        tuple(sorted(row["name"] for row in distributed if row["has_copy"])),
    )


async def distribute(url: str, rows: Iterable[type[Row]], *, is_check: bool) -> Distribution:
    """Distributes what is not yet, unless ``is_check``. Safe to repeat: each table is a transaction of its own.

    The service must not run meanwhile: its statements would wait for the tables that are copied, and give up.

    Raises:
        NotDistributable
        Unavailable, Busy
    """
    async with Database(url, pool_size=1).opened() as database, database.connection() as connection:
        distribution = await plan_distribution(connection, rows)
        if not is_check:
            await _carry_out(connection, distribution)
        return distribution


async def _carry_out(connection: Connection, distribution: Distribution) -> None:
    await connection.fetch(_WITHOUT_LIMITS, {})
    [database] = await connection.fetch(_DATABASE, {})
    for name in distribution.settings:
        await connection.fetch(Statement(text(f"ALTER DATABASE {database['name']} SET {name} = {SETTINGS[name]}")), {})
    for table in distribution.tables:
        place = {"name": table.name, "by": table.by, "beside": "none" if table.name == FIRST_TABLE else FIRST_TABLE}
        await connection.fetch(_DISTRIBUTE, place, seconds=TABLE_SECONDS)
    for row in await connection.fetch(_DISTRIBUTED, {}):
        if row["has_copy"]:
            await connection.fetch(_DELETE_COPY, {"name": row["name"]}, seconds=TABLE_SECONDS)
