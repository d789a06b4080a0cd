"""The clock of a server, moved by tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from taskhub.testing.client import calls


class Clock:
    """The service's one clock."""

    def __init__(self, call: Callable[[calls.Call[Any]], Any]) -> None:
        self._call = call

    def now(self) -> datetime:
        answer: datetime = self._call(calls.now())
        return answer

    def advance(self, step: timedelta | None = None, *, timeout: float = calls.TIMEOUT_SECONDS, **parts: float) -> datetime:
        """Moves it forward: `advance(timedelta(days=31))` or `advance(days=31)`. Returns the time that it is then.

        When it returns, everything that became due has happened: what is over is over, what is to be purged is purged, and what
        follows from that.

        Raises:
            NotSettled: it has not, so many seconds later.
            ValueError: backwards.
        """
        answer: datetime = self._call(calls.advance(step if step is not None else timedelta(**parts), timeout))
        return answer

    def freeze(self) -> datetime:
        """It stands still, until it is moved or goes on."""
        answer: datetime = self._call(calls.freeze())
        return answer

    def resume(self) -> datetime:
        """It goes on from where it stands."""
        answer: datetime = self._call(calls.resume())
        return answer
