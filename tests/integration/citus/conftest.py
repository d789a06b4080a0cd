"""A cluster for tests that take nodes away."""

from collections.abc import Iterator

import pytest

from support.harness.citus_cluster import CitusCluster
from support.harness.databases import cloned_database


@pytest.fixture(scope="session")
def cluster() -> Iterator[CitusCluster]:
    """One beside that of the run, of which nodes may be stopped and commits held up."""
    cluster = CitusCluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture
def cluster_url(cluster: CitusCluster) -> Iterator[str]:
    """A migrated database there that one test has for itself."""
    with cloned_database(cluster.template_url) as url:
        yield url
