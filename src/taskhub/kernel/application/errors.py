"""Errors of the service itself, such as a lost database. Nothing is wrong with the request."""

from taskhub.kernel.domain.errors import Category, DomainError


class Unavailable(DomainError):
    category, code, title = Category.UNAVAILABLE, "unavailable", "Unavailable"

    def __init__(self, detail: str = "The database does not answer. Nothing was changed.") -> None:
        super().__init__(detail)


class Busy(DomainError):
    category, code, title = Category.UNAVAILABLE, "busy", "Busy"

    def __init__(
        self, detail: str = "Too many requests are changing the same resources. Nothing was changed; try again."
    ) -> None:
        super().__init__(detail)


class OutcomeUnknown(DomainError):
    """The commit was sent and its reply was lost. ``keyed`` tells whether a retry with the same key is safe."""

    category, code, title = Category.UNAVAILABLE, "outcome_unknown", "Outcome unknown"

    def __init__(self, *, keyed: bool) -> None:
        super().__init__(
            "The connection to the database broke during the commit. The change may or may not have been made. "
            + ("Retry with the same Idempotency-Key." if keyed else "Read the resource before you try again.")
        )
        self.keyed = keyed
