"""Distributes the tables of all modules over the nodes of a Citus cluster, each by the column that its row class names."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import asyncpg
from sqlalchemy import Table

from taskhub.kernel.infrastructure.postgres.rows import Row

FIRST_TABLE = "event_streams"
"""The others are placed as this one: the rows of a workspace are on one node, whatever table they are in."""
VISIBILITY = "citus.override_table_visibility"
"""Off, or each new connection of the driver looks through all shards in the catalogue: almost a second."""

_DISTRIBUTED = """
SELECT logicalrelid::regclass::text AS name, column_to_column_name(logicalrelid, partkey) AS by
FROM pg_dist_partition WHERE partmethod = 'h'
"""
_TABLES = "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"


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


async def plan_distribution(connection: asyncpg.Connection, rows: Iterable[type[Row]]) -> Distribution:
    """What is to be done on the database as it is.

    Raises:
        NotDistributable
    """
    if not await connection.fetchval("SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL"):
        raise NotDistributable("The database has no extension `citus`: connect to the coordinator of a Citus cluster.")
    wanted = declared(rows)
    there = {row["relname"] for row in await connection.fetch(_TABLES)}
    if lacking := sorted(table.name for table in wanted if table.name not in there):
        raise NotDistributable(f"The schema lacks {', '.join(lacking)}: run `taskhub migrate` first.")
    found = {row["name"]: row["by"] for row in await connection.fetch(_DISTRIBUTED)}
    wrong = [f"{table.name} (by {found[table.name]})" for table in wanted if found.get(table.name, table.by) != table.by]
    if wrong:
        raise NotDistributable(f"Distributed by another column than TaskHub needs: {', '.join(wrong)}.")
    todo = tuple(table for table in wanted if table.name not in found)
    is_off = await connection.fetchval(f"SELECT current_setting('{VISIBILITY}') = 'off'")
    return Distribution(todo, not is_off)


async def distribute(url: str, rows: Iterable[type[Row]], *, is_check: bool) -> Distribution:
    """Distributes what is not yet, unless ``is_check``. Safe to repeat: each table is a transaction of its own.

    The service must not write meanwhile: processes find out at their start how the tables are.

    Raises:
        NotDistributable
    """
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://", 1))
    try:
        distribution = await plan_distribution(connection, rows)
        if not is_check:
            await _carry_out(connection, distribution)
        return distribution
    finally:
        await connection.close()


async def _carry_out(connection: asyncpg.Connection, distribution: Distribution) -> None:
    if distribution.sets_visibility:
        database = await connection.fetchval("SELECT quote_ident(current_database())")
        await connection.execute(f"ALTER DATABASE {database} SET {VISIBILITY} = off")
    for table in distribution.tables:
        beside = "none" if table.name == FIRST_TABLE else FIRST_TABLE
        await connection.execute(
            "SELECT create_distributed_table($1::text::regclass, $2, colocate_with => $3)", table.name, table.by, beside
        )
