"""What the work at hand is done for: a request, or something in the background. Logs name it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol


class Initiator(Protocol):
    @property
    def operation(self) -> str:
        """The method and the path of a route (`GET /v1/me`), or the kind and the name of work in the background."""

    @property
    def request_id(self) -> str | None:
        """None in the background."""


@dataclass(frozen=True, slots=True)
class BackgroundWork:
    """``operation``: such as `purge sessions`."""

    operation: str
    request_id: str | None = None


current_initiator: ContextVar[Initiator | None] = ContextVar("current_initiator", default=None)
"""None where nobody said so, as in commands for operators."""


@contextmanager
def initiated_by(initiator: Initiator) -> Iterator[None]:
    """What is done in the block is done for this."""
    token = current_initiator.set(initiator)
    try:
        yield
    finally:
        current_initiator.reset(token)
