"""Rule 15: migrations of a module go up, down and up again, and end where its rows are."""

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from taskhub.kernel.module_api import Module
from taskhub.testing.conformance.checks.statements import tables_of
from taskhub.testing.conformance.rules import Report, checks
from taskhub.testing.conformance.subject import Subject

SECTION = "docs/extending.md, “3. The migration”"
_SHAPE = text(
    """
SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1
"""
)


def revisions_in(folder: Path) -> list[ModuleType]:
    """The revisions of a module, from its first one on."""
    found = {}
    for file in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"conformance_{file.stem}", file)
        assert spec is not None
        assert spec.loader is not None
        revision = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(revision)
        if hasattr(revision, "revision"):
            found[revision.down_revision] = revision
    ordered: list[ModuleType] = []
    # A module that was made of a file has no type for what is in it.
    while (revision := found.get(ordered[-1].revision if ordered else None)) is not None:  # type: ignore[assignment]  # mypy takes None for a key that is missing.
        ordered.append(revision)
    return ordered


class Schema:
    """The schema of a database, and how revisions change it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def shape(self) -> set[str]:
        found = {str(row[0]) for row in self._connection.execute(_SHAPE)}
        self._connection.rollback()
        return found

    def run(self, step: Callable[[], None]) -> None:
        context = MigrationContext.configure(self._connection, opts={"transaction_per_migration": True})
        with context.begin_transaction(_per_migration=True), Operations.context(context):
            step()
        self._connection.commit()

    def differences(self, module: Module) -> list[Any]:
        """What the tables of a module lack to be as its rows say."""
        tables = tables_of(module)
        names = {table.name for table in tables}

        def is_ours(_: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:
            return type_ != "table" or name in names

        context = MigrationContext.configure(
            self._connection, opts={"compare_type": True, "compare_server_default": True, "include_object": is_ours}
        )
        found = [
            one for table in {id(t.metadata): t.metadata for t in tables}.values() for one in compare_metadata(context, table)
        ]
        self._connection.rollback()
        return found


@checks(
    15,
    "Each revision of a module goes up, down and up again, the way down leaves what was there before, and the newest schema is"
    " the one that its rows describe.",
    section=SECTION,
)
async def migrations_go_up_down_and_up_again(subject: Subject, report: Report) -> None:
    module = subject.module
    if not module.rows:
        return
    with _revisions(module) as revisions:
        if revisions:
            with subject.service.migrated.another() as url:
                await _with_schema(url, lambda schema: _check_steps(schema, module, revisions, report))
        else:
            is_ours = module.package.startswith("taskhub.")  # What was there before modules had revisions is TaskHub's own.
            report.true("the revisions of the module", is_ours, expected="some", seen="none")
            await _with_schema(subject.service.migrated.url, lambda schema: _compare(schema, module, report))


async def _with_schema(url: str, check: Callable[[Schema], None]) -> None:
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(lambda sync: check(Schema(sync)))
    finally:
        await engine.dispose()


def _compare(schema: Schema, module: Module, report: Report) -> None:
    report.same("the schema, compared with the rows of the module", [str(one) for one in schema.differences(module)], [])


@contextmanager
def _revisions(module: Module) -> Iterator[list[ModuleType]]:
    if module.migrations is None:
        yield []
        return
    with as_file(module.migrations) as folder:
        yield revisions_in(folder)


def _check_steps(schema: Schema, module: Module, revisions: list[ModuleType], report: Report) -> None:
    tables = {table.name for table in tables_of(module)}
    is_there = any(part.startswith(f"column {name}.") for part in schema.shape() for name in tables)
    for revision in reversed(revisions) if is_there else ():
        _run(schema, revision, "downgrade", report)
    for revision in revisions:
        before = schema.shape()
        for way in ("upgrade", "downgrade"):
            if not _run(schema, revision, way, report):
                return
        after = schema.shape()
        report.same(f"{revision.revision}: what its way down leaves", sorted(after - before), [])
        report.same(f"{revision.revision}: what its way down takes too much", sorted(before - after), [])
        if not _run(schema, revision, "upgrade", report):
            return
    _compare(schema, module, report)


def _run(schema: Schema, revision: ModuleType, way: str, report: Report) -> bool:
    try:
        schema.run(getattr(revision, way))
    except Exception as error:
        report.add(f"{revision.revision}: {way}", expected="done", seen=f"{type(error).__name__}: {error}")
        return False
    return True
