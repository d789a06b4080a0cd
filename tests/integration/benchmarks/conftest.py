"""A small dataset in a database of its own."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest
from benchmarks.dataset import Dataset, Size, load

from support.harness.database_server import TEMPLATE, execute, with_database


@pytest.fixture(scope="module")
def loaded_url(template_url: str) -> Iterator[str]:
    name, maintenance = f"taskhub_{uuid4().hex}", with_database(template_url, "postgres")
    asyncio.run(execute(maintenance, f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"'))
    yield with_database(template_url, name)
    asyncio.run(execute(maintenance, f'DROP DATABASE "{name}" WITH (FORCE)'))


@pytest.fixture(scope="module")
def dataset(loaded_url: str) -> Dataset:
    return asyncio.run(load(loaded_url, Size(workspaces=3, projects=6, tasks=600, users=6, memberships_per_user=2)))
