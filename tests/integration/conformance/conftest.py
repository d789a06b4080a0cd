"""A database for the conformance kit alone: its clock goes forward, and its purges take whatever is over."""

from collections.abc import Iterator

import pytest

from integration.conftest import migrated_database
from support.notes.bench import Bench, database_with_notes


@pytest.fixture(scope="session")
def conformance_database_url(template_url: str) -> Iterator[str]:
    with migrated_database(template_url) as url:
        yield url


@pytest.fixture(scope="session")
def bench(template_url: str) -> Iterator[Bench]:
    """Runs checks on modules of notes."""
    with database_with_notes(template_url) as database:
        bench = Bench(database)
        yield bench
        bench.stop()
