"""When an event is tried again, and when a webhook is given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After each failed try, until the next one."""
PATIENCE = timedelta(days=3)
"""How long a webhook may fail without a success before it is switched off."""
MAX_RETRY_AFTER = timedelta(hours=24)
"""How long a receiver may ask us to wait."""
LEASE = timedelta(seconds=30)
"""For how long a process has a delivery to itself. What a killed one had is taken over then.

A try may take 10 seconds; the rest is for a slow database, which may keep what came of it waiting.
"""
MAX_AT_ONCE = 8
"""Tries of one webhook at the same time, over all processes."""
MAX_PENDING = 1_000
"""Deliveries of one webhook that wait. Until there are fewer its next events are left in the log."""
GONE_STATUS = 410


class DeliveryStatus(IntEnum):
    PENDING = 0
    SUCCEEDED = 1
    FAILED = 2

    @property
    def key(self) -> str:
        """The name of the status in the API."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try.

    Attributes:
        status: the HTTP status; None where there was no answer.
        error: why there was none, as a word; None where there was one.
        duration_ms: how long it took.
        response: the beginning of the answer's body, as text.
        retry_after: how long the receiver wants us to wait; None where it did not say.
    """

    status: int | None
    error: str | None
    duration_ms: int
    response: str
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == GONE_STATUS


def next_try(failures: int, outcome: Outcome, now: datetime) -> datetime | None:
    """When to try again after so many failures; None where it was the last try.

    A receiver that asks for more time gets it.
    """
    if outcome.is_gone or failures > len(DELAYS):
        return None
    return now + max(DELAYS[failures - 1], _asked_for(outcome))


def held_until(outcome: Outcome, now: datetime) -> datetime | None:
    """Until when nothing at all is sent to the receiver, because it asked for that."""
    return None if outcome.retry_after is None else now + _asked_for(outcome)


def is_given_up(failing_since: datetime, now: datetime) -> bool:
    """Whether a webhook has failed for so long that it is switched off."""
    return now - failing_since >= PATIENCE


def _asked_for(outcome: Outcome) -> timedelta:
    return min(outcome.retry_after or timedelta(), MAX_RETRY_AFTER)
