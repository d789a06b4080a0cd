"""A database for the conformance kit alone: its clock goes forward, and its purges take whatever is over."""

from collections.abc import Iterator

import pytest

from integration.conftest import migrated_database


@pytest.fixture(scope="session")
def conformance_database_url(template_url: str) -> Iterator[str]:
    with migrated_database(template_url) as url:
        yield url
