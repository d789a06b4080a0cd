"""Rule 12: every statement on the tables of a workspace names the workspace."""

import gc
import importlib
import pkgutil
import re
from collections.abc import Iterable

from sqlalchemy import Table

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.module_api import Module
from taskhub.testing.conformance.checks.sharding import refused, unkeyed
from taskhub.testing.conformance.round_trips import recording_round_trips
from taskhub.testing.conformance.rules import Report, checks
from taskhub.testing.conformance.subject import Subject
from taskhub.testing.conformance.world import World

WORKSPACE_KEYS = ("workspace_id", "stream_id")


def owned_tables(tables: Iterable[Table]) -> dict[str, str]:
    """The tables that belong to workspaces, with the column that says so: the first of the primary key."""
    leading = {table.name: next(iter(table.primary_key.columns)).name for table in tables}
    return {name: column for name, column in leading.items() if column in WORKSPACE_KEYS}


def made_at_import(package: str) -> list[str]:
    """The SQL of every statement that a package makes when its modules are imported."""
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.unfreeze()  # What an application froze in this process is hidden from the collector.
    found = (thing for thing in gc.get_objects() if isinstance(thing, Statement))
    return sorted({" ".join(statement.sql.split()) for statement in found})


def mentions(sql: str, module: Module) -> bool:
    return any(re.search(rf"\b{row.__tablename__}\b", sql) for row in module.rows)


@checks(
    12,
    "Every statement on a table of workspaces compares its workspace with a value (`table.workspace_id = …`): nobody sees rows of"
    " others, and the schema can be sharded. The few that can't be are named in `across_workspaces`, and are there.",
    section="docs/architecture.md, “Rules that are checked”",
)
async def every_statement_is_keyed_by_its_workspace(subject: Subject, report: Report) -> None:
    module, service = subject.module, subject.service
    statements = {sql for sql in made_at_import(module.package) if mentions(sql, module)}
    with recording_round_trips(service.database) as sent:
        for resource in subject.declared.resources:
            await subject.live(await World.create(service, resource), resource)
    statements |= {sql for sql in (" ".join(one.split()) for one in sent) if mentions(sql, module)}
    tables = owned_tables(table for one in service.container.installed for table in tables_of(one))
    report.true(
        f"statements on the tables of {module.name}",
        statements or not module.rows,
        expected="some",
        seen="none: is `rows` complete?",
    )
    exceptions = subject.declared.across_workspaces
    for reason, pattern in exceptions.items():
        found = any(re.search(pattern, sql) for sql in statements)
        report.true(f"across_workspaces[{reason!r}]", found, expected="a statement that it is about", seen="none")
    for sql in sorted(statements):
        if not any(re.search(pattern, sql) for pattern in exceptions.values()):
            for table in unkeyed(sql, tables):
                report.add(sql, expected=f"{table}.{tables[table]} = …", seen=f"{table} without its workspace")
        for reason in refused(sql, tables):
            report.add(sql, expected="what a distributed PostgreSQL takes", seen=reason)


def tables_of(module: Module) -> list[Table]:
    return [row.__table__ for row in module.rows if isinstance(row.__table__, Table)]
