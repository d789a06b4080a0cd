"""A clock that tests move: forward only, and frozen where they want it to be."""

from datetime import UTC, datetime, timedelta

from taskhub.kernel.application.clock import Clock, Monotonic, system_clock, system_monotonic
from taskhub.kernel.domain.errors import Fault, ValidationFailed

LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""Later it is not set: what ends some time after that would have to end after the year 9999."""
_FORGETS_ALL = timedelta(days=1)
"""Longer than any cache relies on what it has read."""


class MovableClock:
    """The clock of one application, and the stopwatch of its caches: what moves the one ends what the other knows."""

    def __init__(self, system: Clock = system_clock, monotonic: Monotonic = system_monotonic) -> None:
        self._system = system
        self._monotonic = monotonic
        self._offset = timedelta()
        self._skipped = 0.0
        self._frozen_at: datetime | None = None

    def __call__(self) -> datetime:
        return self._frozen_at or self._system() + self._offset

    def seconds(self) -> float:
        """The same as seconds, of which only differences mean something: for what is counted by the minute."""
        return self().timestamp()

    def monotonic(self) -> float:
        """The machine's stopwatch, ahead by all that was skipped. It goes on where the clock is frozen."""
        return self._monotonic() + self._skipped

    @property
    def is_frozen(self) -> bool:
        return self._frozen_at is not None

    def after(self, step: timedelta) -> datetime:
        """The time that it will be, for whoever moves it so far.

        Raises:
            ValidationFailed: no further.
        """
        if self() + step > LATEST:
            raise ValidationFailed(
                Fault("too_large", f"The clock can't be moved beyond the year {LATEST.year}.", pointer="/seconds")
            )
        return self() + step

    def move_to(self, instant: datetime) -> None:
        """Forward, or not at all."""
        step = instant - self()
        if step <= timedelta():
            return
        self._skipped += step.total_seconds()
        if self._frozen_at is not None:
            self._frozen_at = instant
        else:
            self._offset += step

    def freeze(self) -> None:
        """From now on it stands still, until it is moved."""
        self._frozen_at = self()

    def resume(self) -> None:
        """It goes on from where it stands."""
        if self._frozen_at is not None:
            self._offset, self._frozen_at = self._frozen_at - self._system(), None

    def reset(self) -> None:
        """The machine's time again, for an application that has no data any more. What caches know is over."""
        self._offset, self._frozen_at = timedelta(), None
        self._skipped += _FORGETS_ALL.total_seconds()
