"""Optimistic locking: what a caller expects, and what is there."""

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import StaleVersion


def require_version(aggregate: Aggregate, expected: Expected) -> None:
    """Raises:
    StaleVersion: the caller expects another version.
    """
    if expected is not None and aggregate.version not in expected:
        raise StaleVersion(aggregate.version)
