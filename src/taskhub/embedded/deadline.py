"""Waiting for a condition with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable

_MIN_PAUSE_SECONDS = 0.002
_MAX_PAUSE_SECONDS = 0.05


class Deadline:
    """A moment some seconds from now, shared by all steps that must be done by then."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())

    def wait_until(self, condition: Callable[[], bool]) -> bool:
        """Ask until the condition holds or time is up; it is asked at least once. Returns whether it holds."""
        pause = _MIN_PAUSE_SECONDS
        while not condition():
            remaining = self.remaining()
            if not remaining:
                return False
            time.sleep(min(pause, remaining))
            pause = min(pause * 2, _MAX_PAUSE_SECONDS)
        return True
