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
    Executable,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    column,
    delete,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.schema import CreateTable

from taskhub.schema.revision_rules import Parents
from taskhub.schema.revisions import MAX_LENGTH, Revisions, branch_of

VERSIONS = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(MAX_LENGTH), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
OF_ALEMBIC = "alembic_run"
"""The temporary table."""
_OF_ALEMBIC = table(OF_ALEMBIC, column("version_num", Text()))


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


def recorded_in(connection: Connection) -> list[str]:
    is_there = inspect(connection).has_table(VERSIONS.name)
    return list(connection.scalars(select(VERSIONS.c.version_num))) if is_there else []


def fill(execute: Callable[[Executable], object], heads: Iterable[str]) -> None:
    """Makes the temporary table. ``heads``: as Alembic has them."""
    execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS {OF_ALEMBIC} (version_num text PRIMARY KEY)"))
    execute(delete(_OF_ALEMBIC))
    for head in heads:
        execute(insert(_OF_ALEMBIC).values(version_num=head))


def recording(parents: Parents) -> Callable[..., None]:
    """What Alembic calls after each step, in its transaction: `on_version_apply`."""

    def record(*, ctx: MigrationContext, heads: Collection[str], **_: Any) -> None:
        reached = heads_of_branches(heads, parents)
        ctx.execute(CreateTable(VERSIONS, if_not_exists=True))
        ctx.execute(delete(VERSIONS).where(VERSIONS.c.version_num.in_(sorted(parents.keys() - reached))))
        if reached:
            values = [{"version_num": revision} for revision in sorted(reached)]
            ctx.execute(insert(VERSIONS).values(values).on_conflict_do_nothing())

    return record


def comparing_with(models: MetaData, installed: Revisions, recorded: Iterable[str]) -> Callable[..., bool]:
    """Which tables Alembic compares with the models: `include_name`.

    A table without a model is one that was removed from the models, so it is compared as well; but while a module is not
    installed, it may be a table of that module. ``recorded``: what stands in the real table.
    """
    is_complete = {branch_of(revision) for revision in recorded} <= installed.names

    def includes(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name is None or name in models.tables or (is_complete and name != VERSIONS.name)

    return includes
