"""Every statement on a workspace's tables names the workspace: nobody sees rows of others, and the schema can be sharded."""

import gc
import importlib
import pkgutil
import re

import pytest

import taskhub
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.modules.tables import metadata

WORKSPACE_KEYS = ("workspace_id", "stream_id")

ACROSS_WORKSPACES = {
    "subscribers look for logs that have moved": r"FROM event_streams LEFT OUTER JOIN subscriptions",
    "a user's own workspaces": r"FROM members (JOIN workspaces .*)?WHERE members\.user_id = \$1::UUID",
    "an account that closes forgets its keys": r"^DELETE FROM retry_keys WHERE retry_keys\.user_id = \$1::UUID OR",
    "the purge of keys that are over": r"^WITH gone AS \(DELETE FROM retry_keys .* LIMIT",
    "the purge asks where the trash is old": r"^SELECT tasks\.workspace_id FROM tasks WHERE tasks\.deleted_at < \$1",
    "names that a process of a former version has written": r"^SELECT \w+\.workspace_id, \w+\.id, \w+\.name, \w+\.sort_key FROM",
    "retention looks for logs that begin with an old event": r"FROM event_streams LEFT OUTER JOIN events ON .* LIMIT",
    "an operator counts what is parked": r"FROM parked_events GROUP BY",
    "a testing server tells what is parked": r"FROM parked_events ORDER BY",
    "webhooks that have something to do": r"FROM webhook_queues JOIN webhooks ON .* WHERE webhooks\.active",
    "workspaces with webhooks, to be woken by what is committed there": r"^SELECT DISTINCT webhooks\.workspace_id FROM webhooks",
    "the purge of deliveries asks which webhooks there are": r"FROM webhook_queues$",
    "secrets under a former key": r"^SELECT webhooks\.workspace_id, .*, webhooks\.former_secrets FROM webhooks$",
}
"""The few that can't be: who may cross workspaces, and by what statement."""


def owned_tables() -> dict[str, str]:
    """The tables that belong to workspaces: those whose primary key is led by one."""
    leading = {name: next(iter(table.primary_key.columns)).name for name, table in metadata.tables.items()}
    return {name: column for name, column in leading.items() if column in WORKSPACE_KEYS}


def all_statements() -> list[Statement]:
    """Every statement that is made when a module is imported."""
    for module in pkgutil.walk_packages(taskhub.__path__, "taskhub."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    gc.unfreeze()  # What an application froze in this process is hidden from the collector.
    return [thing for thing in gc.get_objects() if isinstance(thing, Statement)]


def unkeyed(sql: str) -> list[str]:
    """The tables that a statement reads or writes without naming their workspace: each by its alias, where it has one."""
    tables = owned_tables()
    found = re.findall(r"\b(?:FROM|JOIN|UPDATE|DELETE FROM)\s+(?:ONLY\s+)?(\w+)(?: AS (\w+))?", sql)
    for clause in re.findall(r"\bFROM ([\w, ]+)", sql):
        found += re.findall(r"(\w+)(?: AS (\w+))?", clause)
    used = {(name, alias or name) for name, alias in found if name in tables}
    return [name for name, called in sorted(used) if not re.search(rf"\b{called}\.{tables[name]} = ", sql)]


STATEMENTS = sorted({" ".join(statement.sql.split()) for statement in all_statements()})


def named(pattern: str, sql: str) -> set[str]:
    """The tables whose names stand behind some words."""
    return {name for name in re.findall(pattern, sql) if name in metadata.tables}


def test_a_statement_knows_its_tables() -> None:
    """A batch writes what a statement has to see: it goes by these names."""
    for statement in all_statements():
        sql = " ".join(statement.sql.split())
        assert statement.tables >= named(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)", sql), sql
        written = named(r"\bINSERT INTO (\w+)", sql) | named(r"(?<!FOR )(?<!KEY )\bUPDATE (\w+) SET", sql)
        assert statement.written & metadata.tables.keys() == written | named(r"\bDELETE FROM (\w+)", sql), sql


@pytest.mark.parametrize("reason", ACROSS_WORKSPACES)
def test_no_exception_outlives_its_statement(reason: str) -> None:
    assert any(re.search(ACROSS_WORKSPACES[reason], sql) for sql in STATEMENTS)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT tasks.id FROM tasks WHERE tasks.id = $1",
        "UPDATE tasks SET title = $1 WHERE tasks.id = $2",
        "SELECT 1 FROM projects JOIN tasks ON tasks.workspace_id = projects.workspace_id WHERE projects.id = $1",
        "SELECT tasks.id FROM tasks JOIN tasks AS other ON other.id = tasks.parent_id WHERE tasks.workspace_id = $1",
        "SELECT tasks.id FROM tasks, tasks AS other WHERE tasks.workspace_id = $1 AND other.id = tasks.parent_id",
    ],
)
def test_a_statement_that_forgets_its_workspace_is_noticed(sql: str) -> None:
    assert unkeyed(sql)


def test_there_are_statements_to_look_at() -> None:
    assert len(STATEMENTS) > 30


@pytest.mark.parametrize("sql", STATEMENTS, ids=lambda sql: sql[:60])
def test_a_statement_is_keyed_by_its_workspace(sql: str) -> None:
    if not any(re.search(pattern, sql) for pattern in ACROSS_WORKSPACES.values()):
        assert unkeyed(sql) == []
