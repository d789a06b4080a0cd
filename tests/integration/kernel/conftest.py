"""Databases of one test: without tables, and migrated."""

from collections.abc import Iterator

import pytest

from support.harness.databases import cloned_database, empty_database


@pytest.fixture
def empty_url(template_url: str) -> Iterator[str]:
    with empty_database(template_url) as url:
        yield url


@pytest.fixture
def migrated_url(template_url: str) -> Iterator[str]:
    with cloned_database(template_url) as url:
        yield url
