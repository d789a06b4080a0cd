"""Optimistic locking: what a caller expects, and what is there."""

from dataclasses import dataclass

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import NotFound, PreconditionRequired, StaleVersion


def require_version(aggregate: Aggregate, expected: Expected) -> None:
    """Raises:
    StaleVersion: the caller expects another version.
    """
    if expected is not None and aggregate.version not in expected:
        raise StaleVersion(aggregate.version)


@dataclass(frozen=True, slots=True)
class PutConditions:
    """On what a `PUT` that creates or changes a thing depends.

    Attributes:
        expected: the versions that the thing may have.
        must_exist: `If-Match` was sent, `*` as well: nothing is created.
        must_be_new: `If-None-Match: *` was sent: nothing is changed.
        requires_version: this service changes nothing without `If-Match`.
    """

    expected: Expected = None
    must_exist: bool = False
    must_be_new: bool = False
    requires_version: bool = False

    def check(self, aggregate: Aggregate | None) -> None:
        """``aggregate``: the thing, or None where it is not there.

        Raises:
            NotFound, PreconditionRequired, StaleVersion
        """
        if aggregate is None:
            if self.must_exist:
                raise NotFound
            return
        if self.must_be_new:
            raise StaleVersion(aggregate.version, "`If-None-Match: *` asks for a new resource, but there is one already.")
        if self.requires_version and not self.must_exist:
            raise PreconditionRequired
        require_version(aggregate, self.expected)
