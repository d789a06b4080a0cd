"""Every statement on a workspace's tables names the workspace: nobody sees rows of others, and the schema can be sharded."""

import gc
import importlib
import pkgutil
import re
from collections.abc import Iterator
from itertools import product
from uuid import UUID

import pytest

import taskhub
from taskhub.kernel.application.pages import SortOrder
from taskhub.kernel.infrastructure.postgres.rows import Row, table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.modules.tables import metadata
from taskhub.tasks.application.queries import TaskFilter, TaskSort
from taskhub.tasks.infrastructure.queries.filters import names_of
from taskhub.tasks.infrastructure.queries.lists import ListShape, rows_for
from taskhub.tasks.infrastructure.queries.tasks import statement_of
from taskhub.testing.conformance.checks.sharding import refused, unkeyed

ACROSS_WORKSPACES = {
    "subscribers look for logs that have moved": r"FROM event_streams LEFT OUTER JOIN subscriptions",
    "a user's own workspaces": r"FROM members (JOIN workspaces .*)?WHERE members\.user_id = \$1::UUID",
    "an account that closes forgets its keys": r"^DELETE FROM retry_keys WHERE retry_keys\.user_id = \$1::UUID OR",
    "the purge asks which keys are over": r"^SELECT retry_keys\.stream_id, .* WHERE retry_keys\.created_at < \$1",
    "the purge asks which sessions are over": r"^SELECT sessions\.user_id, .* WHERE sessions\.expires_at < \$1",
    "the purge asks which invitations are over": r"^SELECT invitations\.workspace_id, .* WHERE invitations\.spent_at IS ",
    "the purge asks which workspaces are over": r"^SELECT workspaces\.id FROM workspaces WHERE workspaces\.deleted_at < \$1",
    "an operator asks which workspaces can be restored": r"^SELECT workspaces\.id, .* WHERE workspaces\.deleted_at >= \$1",
    "subscribers look for events that they want, in logs that have moved": r"FROM event_streams JOIN unnest\(",
    "one look at the heads of all logs that somebody asks for": r"^SELECT event_streams\.stream_id, .* log_head FROM ",
    "one look at the ends of all logs that somebody follows": r"^SELECT event_streams\.stream_id, event_streams\.last_seq FROM ",
    "one look at the sessions of all who ask together": r"^SELECT sessions\.user_id, .* WHERE sessions\.user_id = any\(",
    "one look at the roles of all who ask together": r"^SELECT members\.workspace_id, .* WHERE members\.workspace_id = any\(",
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


def all_statements() -> list[Statement]:
    """Every statement that is made when a module is imported, and lists in all orders, which are made when they are asked for."""
    for module in pkgutil.walk_packages(taskhub.__path__, "taskhub."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    lists = [statement_of(shape) for shape in shapes_of_lists()]
    gc.unfreeze()  # What an application froze in this process is hidden from the collector.
    return [*lists, *(thing for thing in gc.get_objects() if isinstance(thing, Statement))]


def shapes_of_lists() -> Iterator[ListShape]:
    labelled = TaskFilter(label_ids=(UUID(int=1),), assignee_ids=(UUID(int=2),))
    for chosen in (TaskFilter(), labelled, TaskFilter(blocked=True), TaskFilter(q="x"), TaskFilter(q="x", deleted=True)):
        for sort, descending, follows in product(TaskSort, (False, True), (False, True)):
            order = SortOrder(sort, descending)
            yield ListShape(names_of(chosen, order), order, follows, chosen.q is not None, chosen.deleted, rows_for(50))


ROWS: list[type[Row]] = [mapper.class_ for mapper in Row.registry.mappers if mapper.class_.__module__.startswith("taskhub.")]
TABLES = {row.__tablename__: row.distributed_by for row in ROWS if row.distributed_by is not None}
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
        "SELECT tasks.id FROM tasks WHERE tasks.workspace_id = any($1::UUID[])",
        "DELETE FROM tasks USING unnest($1::UUID[]) AS gone(workspace_id) WHERE tasks.workspace_id = gone.workspace_id",
        "SELECT 1 FROM tasks WHERE tasks.workspace_id = $1 AND tasks.id IN (SELECT tasks.id FROM tasks WHERE tasks.id = $2)",
        "SELECT 1 FROM retry_keys JOIN events ON events.stream_id = retry_keys.entity_stream_id WHERE retry_keys.stream_id = $1",
        "SELECT sessions.id FROM sessions WHERE sessions.id = $1",
        "SELECT workspaces.id FROM workspaces WHERE workspaces.id = any($1::UUID[])",
        "SELECT tasks.id FROM tasks WHERE (tasks.workspace_id = $1::UUID) IS true AND tasks.number = $2 LIMIT 301",
        "SELECT tasks.id FROM tasks WHERE tasks.number = $2 AND (tasks.workspace_id = $1::UUID) IS NOT false",
        "SELECT tasks.id FROM tasks WHERE tasks.id = $2 AND (tasks.workspace_id = $1::UUID OR tasks.number = $3)",
        "SELECT tasks.id FROM tasks WHERE tasks.workspace_id = $1::UUID AND tasks.id = $2 OR tasks.number = $3",
        "SELECT tasks.id FROM tasks WHERE NOT (tasks.workspace_id = $1::UUID AND tasks.id = $2)",
        "SELECT tasks.id FROM tasks WHERE coalesce(tasks.workspace_id = $1, $2)",
        "SELECT tasks.id FROM tasks WHERE CASE WHEN tasks.workspace_id = $1 THEN $2 ELSE $3 END",
        "SELECT tasks.workspace_id = $1 FROM tasks WHERE tasks.id = $2",
        "SELECT count(*) FILTER (WHERE tasks.workspace_id = $1) FROM tasks",
        "SELECT 1 FROM projects, tasks WHERE projects.workspace_id = $1 AND (tasks.workspace_id = projects.workspace_id) IS true",
    ],
)
def test_a_statement_that_forgets_its_workspace_is_noticed(sql: str) -> None:
    assert unkeyed(sql, TABLES)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM projects JOIN tasks ON tasks.workspace_id = projects.workspace_id WHERE projects.workspace_id = $1",
        "SELECT extract(epoch FROM event_streams.moved_at) FROM event_streams WHERE event_streams.stream_id = $1",
        "SELECT users.id FROM users WHERE users.email_key = $1",
        "SELECT tasks.id FROM tasks WHERE (tasks.number = $2 AND (tasks.workspace_id = $1::UUID)) AND (tasks.id = $3 OR $4)",
        "SELECT 1 FROM tasks WHERE CASE WHEN $2 THEN $3 ELSE true END AND tasks.workspace_id = $1",
        "SELECT x.id FROM (SELECT tasks.id FROM tasks WHERE tasks.id > $2 AND tasks.workspace_id = $1 ORDER BY tasks.id) AS x",
    ],
)
def test_a_statement_that_names_its_workspace_is_left_alone(sql: str) -> None:
    assert unkeyed(sql, TABLES) == refused(sql, TABLES) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sessions.id FROM sessions WHERE sessions.expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED",
        "SELECT workspaces.id FROM workspaces WHERE workspaces.id = any($1::UUID[]) ORDER BY workspaces.id FOR NO KEY UPDATE",
        "SELECT members.role FROM members WHERE members.workspace_id = any($1::UUID[]) FOR KEY SHARE",
        "UPDATE labels SET name=concat($1::TEXT, labels.name) WHERE labels.workspace_id = $2",
        "UPDATE events SET changes=coalesce($1::JSONB, jsonb_build_object()) WHERE events.stream_id = $2",
        "UPDATE event_streams SET moved_at=(event_streams.moved_at + interval '1 s') WHERE event_streams.stream_id = $1",
        "UPDATE event_streams SET moved_at=now() WHERE event_streams.stream_id = $1",
        "UPDATE tasks SET label_ids=(($1::UUID[])[x.a:x.b]) FROM unnest($2::INTEGER[]) AS x(a) WHERE tasks.workspace_id = $3",
        "UPDATE tasks SET label_ids=CAST(x.ids AS UUID[]) FROM unnest($1::TEXT[]) AS x(ids) WHERE tasks.workspace_id = $2",
    ],
)
def test_what_a_distributed_database_refuses_is_noticed(sql: str) -> None:
    assert refused(sql, TABLES)


def test_there_are_statements_to_look_at() -> None:
    assert len(STATEMENTS) > 30


@pytest.mark.parametrize("sql", STATEMENTS, ids=lambda sql: sql[:60])
def test_a_statement_is_keyed_by_its_workspace(sql: str) -> None:
    if not any(re.search(pattern, sql) for pattern in ACROSS_WORKSPACES.values()):
        assert unkeyed(sql, TABLES) == []


@pytest.mark.parametrize("sql", STATEMENTS, ids=lambda sql: sql[:60])
def test_a_distributed_database_takes_the_statement(sql: str) -> None:
    """Also those that cross workspaces: they may read on several nodes, but not lock there."""
    assert refused(sql, TABLES) == []


def test_every_table_says_how_it_is_distributed() -> None:
    """By a column that leads its primary key, and so is in every unique constraint: or not at all."""
    for row in ROWS:
        assert row.distributed_by is None or next(iter(table_of(row).primary_key)).name == row.distributed_by
