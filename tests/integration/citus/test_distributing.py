"""`taskhub distribute` where something is distributed already, what `taskhub doctor` says of it, and migrations after it."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from support.fakes.revisions import with_modules, write_revision
from support.harness.citus_cluster import empty_cluster_database
from support.harness.databases import cloned_database, execute, fetch
from support.harness.migrations import migrate
from support.notes.note import NoteRow
from taskhub.cli.doctor.checks import Finding
from taskhub.cli.doctor.placement import placement_findings
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.modules.discovery import installed_modules
from taskhub.schema.distribute import SETTINGS, DistributedTable, NotDistributable, distribute
from taskhub.schema.revisions import KERNEL, Branch

OLDEST = "0009"
"""The first schema of which the later migrations run where it is distributed: `taskhub distribute` came with 0013."""
NEW = DistributedTable("notes", "workspace_id")
ROWS: list[type[Row]] = [*installed_modules().rows, NoteRow]


@pytest.fixture
def url(template_url: str) -> Iterator[str]:
    with cloned_database(template_url) as url:
        yield url


async def make_notes(url: str) -> None:
    """The table of a module that was installed later, with a row: as its migration leaves it."""
    await execute(
        url,
        "CREATE TABLE notes (workspace_id uuid, id uuid, PRIMARY KEY (workspace_id, id))",
        f"INSERT INTO notes VALUES ('{uuid4()}', '{uuid4()}')",
    )


async def findings(url: str, rows: list[type[Row]]) -> dict[str, Finding]:
    async with Database(url, pool_size=1).opened() as database:
        return {one.subject: one async for one in placement_findings(database, rows)}


async def test_it_has_nothing_to_do_twice(url: str) -> None:
    assert (await distribute(url, installed_modules().rows, is_check=False)).is_done
    settings = [f"SELECT current_setting('{name}') IN ('{value}', '2s')" for name, value in SETTINGS.items()]
    assert [(await fetch(url, query))[0][0] for query in settings] == [True] * len(SETTINGS)


async def test_the_table_of_a_new_module_is_distributed_and_its_former_rows_are_moved(url: str) -> None:
    await make_notes(url)
    assert (await distribute(url, ROWS, is_check=True)).lines() == ["distribute notes by workspace_id"]
    found = await findings(url, ROWS)
    assert (found["placement"].level, "distribute notes by workspace_id" in found["placement"].text) == ("warn", True)

    assert (await distribute(url, ROWS, is_check=False)).tables == (NEW,)

    assert (await distribute(url, ROWS, is_check=True)).is_done
    [(rows, bytes_left)] = await fetch(url, "SELECT count(*), pg_relation_size('notes') FROM notes")
    assert (rows, bytes_left) == (1, 0)
    assert {finding.level for finding in (await findings(url, ROWS)).values()} == {"ok"}


async def test_rows_that_an_older_program_left_on_the_coordinator_are_told_and_deleted(url: str) -> None:
    await make_notes(url)
    await execute(url, "SELECT create_distributed_table('notes', 'workspace_id', colocate_with => 'event_streams')")
    assert "former copy of notes" in (await findings(url, ROWS))["placement"].text
    assert (await distribute(url, ROWS, is_check=False)).copies == ("notes",)
    assert (await distribute(url, ROWS, is_check=True)).is_done


async def test_tables_of_the_coordinator_that_the_cluster_does_not_know_are_a_failure_and_are_made_known(url: str) -> None:
    """As in a schema that an older program distributed."""
    rows = installed_modules().rows
    await execute(url, "SELECT undistribute_table('users')", "SELECT undistribute_table('api_tokens')")
    found = await findings(url, rows)
    assert (found["placement"].level, "make users, which" in found["placement"].text) == ("fail", True)

    assert (await distribute(url, rows, is_check=True)).local_tables == ("api_tokens", "users")
    assert (await distribute(url, rows, is_check=False)).local_tables == ("api_tokens", "users")

    assert (await distribute(url, rows, is_check=True)).is_done
    assert (await findings(url, rows))["placement"].level == "ok"


async def test_a_coordinator_that_the_cluster_does_not_know_is_refused(url: str) -> None:
    await execute(url, "DELETE FROM pg_dist_node WHERE groupid = 0")
    with pytest.raises(NotDistributable, match="citus_set_coordinator_host"):
        await distribute(url, installed_modules().rows, is_check=False)


async def test_tables_of_others_in_the_database_keep_their_rows(url: str) -> None:
    await execute(
        url,
        "CREATE SCHEMA others",
        "CREATE TABLE others.tasks (id int)",
        "CREATE TABLE theirs (id int)",
        *(f"INSERT INTO {table} VALUES (1)" for table in ("others.tasks", "theirs")),
        *(f"SELECT create_distributed_table('{table}', 'id')" for table in ("others.tasks", "theirs")),
    )
    await make_notes(url)
    assert "theirs" not in (await findings(url, ROWS))["placement"].text

    await distribute(url, ROWS, is_check=False)

    sizes = await fetch(url, "SELECT pg_relation_size('others.tasks'), pg_relation_size('theirs')")
    assert min(sizes[0]) > 0


async def test_nodes_are_told_with_what_they_have(url: str) -> None:
    found = (await findings(url, installed_modules().rows))["nodes"]
    assert found.level == "ok"
    assert found.text.count("has 4 parts of each table") == 2


async def test_a_schema_that_was_distributed_before_later_migrations_is_brought_up_to_date(template_url: str) -> None:
    rows = installed_modules().rows
    async with empty_cluster_database(template_url) as url:
        await migrate(url, OLDEST)
        there = {name for (name,) in await fetch(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        await distribute(url, [row for row in rows if row.__tablename__ in there], is_check=False)

        await migrate(url)

        await distribute(url, rows, is_check=False)
        assert (await distribute(url, rows, is_check=True)).is_done
        assert {finding.level for finding in (await findings(url, rows)).values()} == {"ok"}


async def test_a_later_migration_changes_distributed_tables(url: str, tmp_path: Path) -> None:
    """A column and an index go to all nodes; the new table waits for `taskhub distribute`."""
    newest = installed_modules().revisions.heads[KERNEL]
    column = "ALTER TABLE tasks ADD COLUMN mood text DEFAULT 'fine' NOT NULL"
    write_revision(tmp_path, "gears_0001", depends_on=[newest])
    write_revision(tmp_path, "gears_0002", "gears_0001", up=column)
    write_revision(tmp_path, "gears_0003", "gears_0002", up="CREATE INDEX ix_tasks_mood ON tasks (workspace_id, mood)")
    await migrate(url, revisions=with_modules(Branch.read("gears", tmp_path, frozenset({"tasks"}))))

    assert await fetch(url, f"SELECT mood FROM tasks WHERE workspace_id = '{uuid4()}'") == []
    assert await fetch(url, "SELECT * FROM gears_0001") == []
    indexes = "SELECT success AND result::int = 1 FROM run_command_on_shards('tasks', $$SELECT count(*) FROM pg_index"
    made = await fetch(url, f"{indexes} WHERE indrelid = '%s'::regclass AND indexrelid::regclass::text LIKE 'ix_tasks_mood%%'$$)")
    assert {row[0] for row in made} == {True}
