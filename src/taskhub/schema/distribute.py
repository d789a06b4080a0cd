"""Distributes the tables of all modules over the nodes of a Citus cluster, each by the column that its row class names.

Those that stay on the coordinator are made known to the cluster as well: only then does it commit them and what is on nodes
together, by a prepared transaction on each node.
"""

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
_PLACED = Statement(
    text(
        "SELECT logicalrelid::regclass::text AS name,"
        " CASE partmethod WHEN 'h' THEN column_to_column_name(logicalrelid, partkey) END AS by,"
        " pg_relation_size(logicalrelid) > 0 AS has_copy FROM pg_dist_partition"
    )
)
_KNOWS_COORDINATOR = Statement(text("SELECT EXISTS (SELECT FROM pg_dist_node WHERE groupid = 0)"))
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
_ADD_LOCAL = Statement(text("SELECT citus_add_local_table_to_metadata(CAST(CAST(:name AS text) AS regclass))"))
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
        local_tables: those that stay on the coordinator, and that the cluster does not know yet: a transaction that writes one
            of them and a table on a node would be committed there first, and might be rolled back here.
        settings: the names of those of the database that are still to be made.
        copies: tables whose rows from before they were distributed are still on the coordinator, where nobody sees them.
    """

    tables: tuple[DistributedTable, ...]
    local_tables: tuple[str, ...]
    settings: tuple[str, ...]
    copies: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        return not any(self)

    @property
    def is_unsafe(self) -> bool:
        """Whether a commit may be done on a node and not on the coordinator."""
        return bool(self.local_tables)

    def lines(self) -> list[str]:
        return [
            *(f"set {name} = {SETTINGS[name]} for the database" for name in self.settings),
            *(f"distribute {table.name} by {table.by}" for table in self.tables),
            *(f"make {name}, which stays on the coordinator, known to the cluster" for name in self.local_tables),
            *(f"delete the former copy of {name} on the coordinator" for name in self.copies),
        ]


def declared(rows: Iterable[type[Row]]) -> tuple[DistributedTable, ...]:
    """The tables that are distributed, in the order of what they refer to; the first one by itself.

    Raises:
        NotDistributable: a table doesn't say how.
    """
    rows = list(rows)
    columns = _columns(rows)
    silent = sorted(name for name, column in columns.items() if column == "")
    if silent:
        raise NotDistributable(
            f"These tables don't say how they are distributed: {', '.join(silent)}. Their modules have to name `distributed_by`"
            " in each class of rows: the column of the workspace, or None for a table that stays on the coordinator."
        )
    tables = sort_tables([table_of(row) for row in rows if columns[row.__tablename__]])
    ordered = sorted(tables, key=lambda table: table.name != FIRST_TABLE)
    return tuple(DistributedTable(table.name, str(columns[table.name])) for table in ordered)


def _columns(rows: Iterable[type[Row]]) -> dict[str, str | None]:
    """By which column each table is distributed: None if it isn't, empty where its class does not say it."""
    return {row.__tablename__: getattr(row, "distributed_by", "") for row in rows}


def _local(rows: Iterable[type[Row]]) -> list[str]:
    """The tables that stay on the coordinator."""
    return sorted(name for name, column in _columns(rows).items() if column is None)


async def plan_distribution(connection: Connection, rows: Iterable[type[Row]]) -> Distribution:
    """What is to be done on the database as it is.

    Raises:
        NotDistributable
    """
    [(has_citus,)] = await connection.fetch(HAS_CITUS, {})
    if not has_citus:
        raise NotDistributable("The database has no extension `citus`: connect to the coordinator of a Citus cluster.")
    [(knows_coordinator,)] = await connection.fetch(_KNOWS_COORDINATOR, {})
    if not knows_coordinator:
        raise NotDistributable(
            "The cluster does not know its coordinator, on which some of the tables stay: run"
            " `SELECT citus_set_coordinator_host('the name of the coordinator', 5432)` there, as the nodes reach it."
        )
    rows = list(rows)
    wanted, local = declared(rows), _local(rows)
    there = {row["name"] for row in await connection.fetch(_TABLES, {})}
    if lacking := sorted({*local, *(table.name for table in wanted)} - there):
        raise NotDistributable(f"The schema lacks {', '.join(lacking)}: run `taskhub migrate` first.")
    placed = {row["name"]: row for row in await connection.fetch(_PLACED, {})}
    _refuse_wrong(wanted, local, {name: row["by"] for name, row in placed.items()})
    [database] = await connection.fetch(_DATABASE, {})
    return Distribution(
        tables=tuple(table for table in wanted if table.name not in placed),
        local_tables=tuple(name for name in local if name not in placed),
        settings=tuple(name for name, value in SETTINGS.items() if f"{name}={value}" not in database["settings"]),
        copies=tuple(sorted(table.name for table in wanted if table.name in placed and placed[table.name]["has_copy"])),
    )


def _refuse_wrong(wanted: Iterable[DistributedTable], local: Iterable[str], found: dict[str, str | None]) -> None:
    """``found``: by which column each table of the cluster is distributed, None if it isn't.

    Raises:
        NotDistributable
    """
    wrong = [f"{table.name} (by {found[table.name]})" for table in wanted if found.get(table.name, table.by) != table.by]
    wrong += [f"{name} (by {found[name]}, but it stays on the coordinator)" for name in local if found.get(name) is not None]
    if wrong:
        raise NotDistributable(f"Distributed by another column than TaskHub needs: {', '.join(wrong)}.")


async def distribute(url: str, rows: Iterable[type[Row]], *, is_check: bool) -> Distribution:
    """Distributes what is not yet, unless ``is_check``. Safe to repeat: each table is a transaction of its own.

    The service must not run meanwhile: its statements would wait for the tables that are copied, and give up.

    Raises:
        NotDistributable
        Unavailable, Busy
    """
    rows = list(rows)
    async with Database(url, pool_size=1).opened() as database, database.connection() as connection:
        distribution = await plan_distribution(connection, rows)
        if not is_check:
            await _carry_out(connection, rows, distribution)
        return distribution


async def _carry_out(connection: Connection, rows: Iterable[type[Row]], distribution: Distribution) -> None:
    await connection.fetch(_WITHOUT_LIMITS, {})
    [database] = await connection.fetch(_DATABASE, {})
    for name in distribution.settings:
        await connection.fetch(Statement(text(f"ALTER DATABASE {database['name']} SET {name} = {SETTINGS[name]}")), {})
    for table in distribution.tables:
        place = {"name": table.name, "by": table.by, "beside": "none" if table.name == FIRST_TABLE else FIRST_TABLE}
        await connection.fetch(_DISTRIBUTE, place, seconds=TABLE_SECONDS)
    for name in distribution.local_tables:
        await connection.fetch(_ADD_LOCAL, {"name": name}, seconds=TABLE_SECONDS)
    for name in (await plan_distribution(connection, rows)).copies:
        await connection.fetch(_DELETE_COPY, {"name": name}, seconds=TABLE_SECONDS)
