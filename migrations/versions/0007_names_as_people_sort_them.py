"""Names of projects and labels are sorted as people expect it, and compared without what is not to be seen

Revision ID: 0007
Revises: 0006

Rows are changed in small portions, each committed by itself, so that nobody waits for them. What was done when a migration
breaks off is found done by the next try.

Processes of the former version that still run write names without a key to sort by, or leave the key as it was; the service mends
that (`tasks/infrastructure/sort_keys.py`).
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from alembic import context, op

# The keys have to be those of the program that reads them, whichever version of it migrates.
from taskhub.kernel.domain.texts import folded, sort_key

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("labels", "projects")
PORTION = 500


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS sort_key text COLLATE \"C\" NOT NULL DEFAULT ''")
    with op.get_context().autocommit_block():
        if not context.is_offline_mode():
            _fold_labels(op.get_bind())
            for table in TABLES:
                _fill(op.get_bind(), table)
        for table in TABLES:
            # One that broke off half-way is there, and invalid.
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS ix_{table}_name")
            op.execute(f"CREATE INDEX CONCURRENTLY ix_{table}_name ON {table} (workspace_id, sort_key, id)")


def downgrade() -> None:
    """Names stay folded as they are: the former version finds its own among them, and they are no less unique."""
    for table in TABLES:
        op.execute(f"DROP INDEX IF EXISTS ix_{table}_name")
        op.drop_column(table, "sort_key")


def _fill(connection: sa.Connection, name: str) -> None:
    table = _table(name)
    statement = (
        sa.update(table)
        .values(sort_key=sa.bindparam("new_key"))
        .where(
            table.c.workspace_id == sa.bindparam("of_workspace"),
            table.c.id == sa.bindparam("of_id"),
            table.c.name == sa.bindparam("known_name"),
        )
    )
    for rows in _portions(connection, table):
        values = [
            {"of_workspace": row.workspace_id, "of_id": row.id, "known_name": row.name, "new_key": sort_key(row.name)}
            for row in rows
        ]
        connection.execute(statement, values)


def _fold_labels(connection: sa.Connection) -> None:
    """Of labels whose names have become equal one gets the folded name: who has it already, or the oldest. The others keep
    theirs, which nothing folds to any more: all go on being as they were.
    """
    table = _table("labels", sa.column("folded_name", sa.Text()), sa.column("created_at", sa.DateTime(timezone=True)))
    others = table.alias("others")
    new_name = sa.bindparam("new_name", type_=sa.Text())
    is_taken = sa.exists().where(others.c.workspace_id == table.c.workspace_id, others.c.folded_name == new_name)
    statement = (
        sa.update(table)
        .values(folded_name=new_name)
        .where(
            table.c.workspace_id == sa.bindparam("of_workspace"),
            table.c.id == sa.bindparam("of_id"),
            table.c.name == sa.bindparam("known_name"),
            ~is_taken,
        )
    )
    changed = [
        (row.created_at, row.workspace_id, row.id, row.name, name)
        for rows in _portions(connection, table)
        for row in rows
        if (name := folded(row.name)) != row.folded_name
    ]
    for _, workspace_id, id, name, folded_name in sorted(changed):
        values = {"of_workspace": workspace_id, "of_id": id, "known_name": name, "new_name": folded_name}
        # Somebody may take the name at this very moment.
        with suppress(sa.exc.IntegrityError):
            connection.execute(statement, values)


def _table(name: str, *columns: sa.ColumnClause[Any]) -> sa.TableClause:
    names = (sa.column("name", sa.Text()), sa.column("sort_key", sa.Text()))
    return sa.table(name, sa.column("workspace_id", sa.Uuid()), sa.column("id", sa.Uuid()), *names, *columns)


def _portions(connection: sa.Connection, table: sa.TableClause) -> Iterator[list[Any]]:
    """All rows of a table, in the order of its primary key."""
    query = sa.select(table).order_by(table.c.workspace_id, table.c.id).limit(PORTION)
    rows = list(connection.execute(query))
    while rows:
        yield rows
        place = sa.tuple_(table.c.workspace_id, table.c.id)
        last = sa.tuple_(sa.literal(rows[-1].workspace_id, sa.Uuid()), sa.literal(rows[-1].id, sa.Uuid()))
        rows = list(connection.execute(query.where(place > last)))
