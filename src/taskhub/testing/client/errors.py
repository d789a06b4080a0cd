"""What can go wrong between a test and its server."""

from collections.abc import Sequence

LAST_LINES = 20


class TestingError(Exception):
    """The base of these errors."""

    __test__ = False


class ServerNotStarted(TestingError):
    """The message has what the server said."""


class ControlRefused(TestingError):
    """The control interface takes no such request: the message says why."""


class NotSettled(TestingError):
    """Not everything that is due was done in time. ``pending`` says what is left."""

    def __init__(self, message: str, pending: Sequence[str]) -> None:
        super().__init__(message)
        self.pending = list(pending)


class EventNotSeen(TestingError):
    """No such event was appended in time. ``seen``: the last ones that were."""

    def __init__(self, message: str, seen: Sequence[str]) -> None:
        super().__init__(message)
        self.seen = list(seen)


def add_log(error: BaseException, log: str) -> None:
    """Has the error say how the log of the server ends."""
    if lines := log.splitlines()[-LAST_LINES:]:
        error.add_note("\n".join(["The log of the server ends with:", *lines]))
