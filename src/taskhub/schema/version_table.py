"""The table `alembic_version`, as this program keeps it: one revision of each branch, also of modules that are not installed.

Alembic alone would keep only those that no other one depends on, and refuses a table that names one which it does not know. When
a module is uninstalled, nothing would tell any more how far those are that its revisions depended on. So Alembic works on a
temporary table, made of the real one at each run; after each step the real one is written, in the transaction of that step.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    column,
    delete,
    insert,
    inspect,
    select,
    table,
    text,
)

from taskhub.schema.revision_rules import Parents
from taskhub.schema.revisions import MAX_LENGTH, branch_of

VERSIONS = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(MAX_LENGTH), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
OF_ALEMBIC = "alembic_run"
"""The temporary table."""


def heads_for_alembic(recorded: Collection[str], parents: Parents) -> list[str]:
    """Those of the recorded revisions that Alembic knows, and no other one of them comes after."""
    known = [revision for revision in recorded if revision in parents]
    passed = _with_ancestors((parent for revision in known for parent in parents[revision]), parents)
    return sorted(revision for revision in known if revision not in passed)


def heads_of_branches(heads: Iterable[str], parents: Parents) -> set[str]:
    """The newest revision of each branch, where these are the heads that Alembic has."""
    newest: dict[str | None, str] = {}
    for revision in sorted(_with_ancestors(heads, parents)):
        newest[branch_of(revision)] = revision
    return set(newest.values())


def _with_ancestors(revisions: Iterable[str], parents: Parents) -> set[str]:
    found: set[str] = set()
    waiting = list(revisions)
    while waiting:
        revision = waiting.pop()
        if revision not in found:
            found.add(revision)
            waiting += parents[revision]
    return found


def prepare(connection: Connection, parents: Parents) -> None:
    """Fills the temporary table."""
    recorded: list[str] = []
    if inspect(connection).has_table(VERSIONS.name):
        recorded = list(connection.scalars(select(VERSIONS.c.version_num)))
    connection.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS {OF_ALEMBIC} (version_num text PRIMARY KEY)"))
    own = table(OF_ALEMBIC, column("version_num"))
    connection.execute(delete(own))
    for head in heads_for_alembic(recorded, parents):
        connection.execute(insert(own).values(version_num=head))
    connection.commit()


def recording(parents: Parents) -> Callable[..., None]:
    """What Alembic calls after each step, in its transaction: `on_version_apply`."""

    def record(*, ctx: MigrationContext, heads: Collection[str], **_: Any) -> None:
        assert ctx.connection is not None
        VERSIONS.create(ctx.connection, checkfirst=True)
        recorded = set(ctx.connection.scalars(select(VERSIONS.c.version_num)))
        wanted = heads_of_branches(heads, parents)
        for gone in (recorded & parents.keys()) - wanted:
            ctx.connection.execute(delete(VERSIONS).where(VERSIONS.c.version_num == gone))
        for new in sorted(wanted - recorded):
            ctx.connection.execute(insert(VERSIONS).values(version_num=new))

    return record
