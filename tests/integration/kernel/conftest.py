"""Databases of one test: without tables, and migrated."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from support.harness.database_server import TEMPLATE, execute, with_database


@pytest.fixture
async def empty_url(template_url: str) -> AsyncIterator[str]:
    name, maintenance = f"empty_{uuid4().hex}", with_database(template_url, "postgres")
    await execute(maintenance, f'CREATE DATABASE "{name}"')
    yield with_database(template_url, name)
    await execute(maintenance, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def migrated_url(template_url: str) -> AsyncIterator[str]:
    name, maintenance = f"migrated_{uuid4().hex}", with_database(template_url, "postgres")
    await execute(maintenance, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    yield with_database(template_url, name)
    await execute(maintenance, f'DROP DATABASE "{name}" WITH (FORCE)')
