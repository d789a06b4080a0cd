"""What reads rely on in the schema, and Alembic does not compare with the models."""

import pytest

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.modules.tables import metadata
from taskhub.tasks.infrastructure import ddl

BODY = "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = $1 ORDER BY oid DESC LIMIT 1"


@pytest.mark.parametrize("created", ddl.CREATE, ids=lambda created: created.split("(")[0].split()[-1])
async def test_the_functions_are_those_that_the_code_describes(database: Database, created: str) -> None:
    name = created.split("(", maxsplit=1)[0].rsplit(maxsplit=1)[-1]
    async with database.connection() as connection:
        migrated = await connection._driver.fetchval(BODY, name)
        transaction = connection._driver.transaction()
        await transaction.start()
        try:
            await connection._driver.execute("CREATE SCHEMA described; SET LOCAL search_path = described, public")
            await connection._driver.execute(created)
            described = await connection._driver.fetchval(BODY, name)
        finally:
            await transaction.rollback()
    assert described.replace("described.", "public.") == migrated


@pytest.mark.parametrize("name", ["tasks", "ix_tasks_words"])
async def test_the_storage_options_are_those_of_the_models(database: Database, name: str) -> None:
    tasks = metadata.tables["tasks"]
    model = tasks if name == "tasks" else next(index for index in tasks.indexes if index.name == name)
    wanted = {f"{option}={value}" for option, value in model.dialect_options["postgresql"]["with"].items()}
    async with database.connection() as connection:
        options = await connection._driver.fetchval("SELECT reloptions FROM pg_class WHERE oid = $1::text::regclass", name)
    assert set(options) == wanted


async def test_the_primary_key_of_tasks_holds_what_the_models_say(database: Database) -> None:
    included = metadata.tables["tasks"].primary_key.dialect_options["postgresql"]["include"]
    async with database.connection() as connection:
        key = await connection._driver.fetchval("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'pk_tasks'")
    assert key == f"PRIMARY KEY (workspace_id, id) INCLUDE ({', '.join(included)})"


async def test_keys_are_sorted_by_their_bytes_in_any_database(database: Database) -> None:
    async with database.connection() as connection:
        rows = await connection._driver.fetch(
            "SELECT collation_name FROM information_schema.columns"
            " WHERE (table_name, column_name) IN (('projects', 'key'), ('tasks', 'project_key'))"
        )
    assert [row["collation_name"] for row in rows] == ["C", "C"]
