"""A small dataset in a database of its own."""

import asyncio
from collections.abc import Iterator

import pytest
from benchmarks.dataset import Dataset, Size, load

from support.harness.databases import cloned_database


@pytest.fixture(scope="module")
def loaded_url(template_url: str) -> Iterator[str]:
    with cloned_database(template_url) as url:
        yield url


@pytest.fixture(scope="module")
def dataset(loaded_url: str) -> Dataset:
    return asyncio.run(load(loaded_url, Size(workspaces=3, projects=6, tasks=600, users=6, memberships_per_user=2)))
