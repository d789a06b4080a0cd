"""Distributes the tables of all modules over the nodes of a Citus cluster, each by the column that its row class names."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Table, text

from taskhub.kernel.infrastructure.postgres.connection import Connection
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.infrastructure.postgres.statements import Statement

FIRST_TABLE = "event_streams"
"""The others are placed as this one: the rows of a workspace are on one node, whatever table they are in."""
VISIBILITY = "citus.override_table_visibility"
"""Off, or each new connection of the driver looks through all shards in the catalogue: almost a second."""

TABLE_SECONDS = 24 * 3600.0
"""How long one table may take: all of its rows are copied to the nodes."""

_HAS_CITUS = Statement(text("SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL"))
_DISTRIBUTED = Statement(
    text(
        "SELECT logicalrelid::regclass::text AS name, column_to_column_name(logicalrelid, partkey) AS by"
        " FROM pg_dist_partition WHERE partmethod = 'h'"
    )
)
_TABLES = Statement(
    text("SELECT relname::text AS name FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
)
_STATE = Statement(
    text(f"SELECT current_setting('{VISIBILITY}') = 'off' AS is_off, quote_ident(current_database()) AS database")  # A constant.
)
_WITHOUT_LIMITS = Statement(text("SELECT set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false)"))
_DISTRIBUTE = Statement(
    text(
        "SELECT create_distributed_table(CAST(CAST(:name AS text) AS regclass), CAST(:by AS text),"
        " colocate_with => CAST(:beside AS text))"
    )
)


class NotDistributable(Exception):
    """The tables can't be distributed. The message says why, and what to do."""


class DistributedTable(NamedTuple):
    name: str
    by: str


class Distribution(NamedTuple):
    """What there is to be done.

    Attributes:
        tables: those that are to be distributed, in the order of what they refer to.
        sets_visibility: whether the setting of the database is still to be made.
    """

    tables: tuple[DistributedTable, ...]
    sets_visibility: bool

    @property
    def is_done(self) -> bool:
        return not self.tables and not self.sets_visibility

    def lines(self) -> list[str]:
        setting = [f"set {VISIBILITY} = off for the database"] if self.sets_visibility else []
        return [*setting, *(f"distribute {table.name} by {table.by}" for table in self.tables)]


def declared(rows: Iterable[type[Row]]) -> tuple[DistributedTable, ...]:
    """The tables that are distributed, in the order of what they refer to; the first one by itself.

    Raises:
        NotDistributable: a table doesn't say how.
    """
    columns = {row.__tablename__: getattr(row, "distributed_by", "") for row in rows}
    silent = sorted(name for name, column in columns.items() if column == "")
    if silent:
        raise NotDistributable(
            f"These tables don't say how they are distributed: {', '.join(silent)}. Their modules have to name `distributed_by`"
            " in each class of rows: the column of the workspace, or None for a table that stays on the coordinator."
        )
    tables: Sequence[Table] = [table for table in Row.metadata.sorted_tables if columns.get(table.name)]
    ordered = sorted(tables, key=lambda table: table.name != FIRST_TABLE)
    return tuple(DistributedTable(table.name, str(columns[table.name])) for table in ordered)


async def plan_distribution(connection: Connection, rows: Iterable[type[Row]]) -> Distribution:
    """What is to be done on the database as it is.

    Raises:
        NotDistributable
    """
    [(has_citus,)] = await connection.fetch(_HAS_CITUS, {})
    if not has_citus:
        raise NotDistributable("The database has no extension `citus`: connect to the coordinator of a Citus cluster.")
    wanted = declared(rows)
    there = {row["name"] for row in await connection.fetch(_TABLES, {})}
    if lacking := sorted(table.name for table in wanted if table.name not in there):
        raise NotDistributable(f"The schema lacks {', '.join(lacking)}: run `taskhub migrate` first.")
    found = {row["name"]: row["by"] for row in await connection.fetch(_DISTRIBUTED, {})}
    wrong = [f"{table.name} (by {found[table.name]})" for table in wanted if found.get(table.name, table.by) != table.by]
    if wrong:
        raise NotDistributable(f"Distributed by another column than TaskHub needs: {', '.join(wrong)}.")
    [state] = await connection.fetch(_STATE, {})
    return Distribution(tuple(table for table in wanted if table.name not in found), not state["is_off"])


async def distribute(url: str, rows: Iterable[type[Row]], *, is_check: bool) -> Distribution:
    """Distributes what is not yet, unless ``is_check``. Safe to repeat: each table is a transaction of its own.

    The service must not run meanwhile: processes find out at their start how the tables are.

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
    if distribution.sets_visibility:
        [state] = await connection.fetch(_STATE, {})
        await connection.fetch(Statement(text(f"ALTER DATABASE {state['database']} SET {VISIBILITY} = off")), {})
    for table in distribution.tables:
        place = {"name": table.name, "by": table.by, "beside": "none" if table.name == FIRST_TABLE else FIRST_TABLE}
        await connection.fetch(_DISTRIBUTE, place, seconds=TABLE_SECONDS)
