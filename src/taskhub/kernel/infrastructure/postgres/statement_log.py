"""What statements cost: their durations by name, and lines in the log."""

from typing import Any

import structlog

from taskhub.kernel.application.durations import Durations
from taskhub.kernel.application.initiator import current_initiator

log = structlog.get_logger("taskhub.statements")


class StatementLog:
    """Hears of every statement that was sent, `begin`, `commit` and `rollback` among them. It never sees values.

    Attributes:
        durations: from sending a statement until all of its rows are there, by the statement's name.
    """

    def __init__(self, *, slow_seconds: float = 0.25, logs_all: bool = False) -> None:
        """``slow_seconds``: what takes as long is logged as a warning. ``logs_all``: all others are logged as well."""
        self.durations: dict[str, Durations] = {}
        self._slow_seconds = slow_seconds
        self._logged_seconds = 0.0 if logs_all else slow_seconds

    def add(self, name: str, seconds: float, rows: int, error: BaseException | None = None) -> None:
        """``error``: what the statement failed with."""
        durations = self.durations.get(name)
        if durations is None:
            durations = self.durations[name] = Durations()
        durations.add(seconds)
        if seconds >= self._logged_seconds:
            self._log(name, seconds, rows, error)

    def _log(self, name: str, seconds: float, rows: int, error: BaseException | None) -> None:
        said: dict[str, Any] = {"statement": name, "milliseconds": round(seconds * 1000, 2)}
        said |= {"rows": rows} if error is None else {"error": type(error).__name__}
        if (initiator := current_initiator.get()) is not None:
            said |= {"operation": initiator.operation, "request_id": initiator.request_id}
        if seconds >= self._slow_seconds:
            log.warning("slow statement", **said)
        else:
            log.info("statement", **said)
