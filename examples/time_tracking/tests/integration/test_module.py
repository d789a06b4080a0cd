"""What the application makes of this module: its reference, its problem pages and its tables."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.modules.discovery import installed_modules

from client import Client
from taskhub_time_tracking.api.routes import ROUTES
from taskhub_time_tracking.module import module

TABLES = {row.__tablename__ for row in module.rows}


@pytest.fixture
async def document(ada: Client) -> dict[str, Any]:
    document: dict[str, Any] = await ada.get("/openapi.json")
    return document


def own_operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for routes in ROUTES:
        for operation in routes.operations:
            yield document["paths"][operation.path][operation.method.lower()]


def everything(node: Any, document: dict[str, Any], seen: set[str]) -> Iterator[dict[str, Any]]:
    """All objects of a part of the document, and of the schemas that it refers to."""
    children = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    if isinstance(node, dict):
        yield node
        name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
        if name in document["components"]["schemas"] and name not in seen:
            seen.add(name)
            children.append(document["components"]["schemas"][name])
    for child in children:
        yield from everything(child, document, seen)


def test_it_is_found_by_its_entry_point() -> None:
    assert module in list(installed_modules())


async def test_the_reference_says_what_every_field_and_parameter_means(document: dict[str, Any]) -> None:
    silent = []
    for operation in own_operations(document):
        assert operation["summary"]
        for node in everything(operation, document, set()):
            silent += [name for name, member in node.get("properties", {}).items() if not member.get("description")]
            silent += [str(node.get("name"))] if "in" in node and not node.get("description") else []
    assert silent == []


async def test_every_problem_has_a_page(ada: Client) -> None:
    for code, advice in module.documentation.advice.items():
        page = await ada.send("GET", f"/problems/{code}", accept="text/html")
        assert page.status_code == 200
        assert advice.remedy.split("`")[0] in page.text


async def test_its_migrations_make_the_tables_that_its_rows_describe(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(_differences)
    await engine.dispose()
    assert differences == []


def _differences(connection: Connection) -> list[Any]:
    def is_own(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
        return kind != "table" or name in TABLES

    options = {"compare_type": True, "compare_server_default": True, "include_object": is_own}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), Row.metadata))
