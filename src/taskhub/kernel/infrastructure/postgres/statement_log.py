"""What statements cost: their durations by name, lines in the log, and spans of traces."""

from typing import Any

import structlog

from taskhub.kernel.application.durations import Durations
from taskhub.kernel.application.initiator import current_initiator, current_trace
from taskhub.kernel.application.tracing import SpanKind, Tracer

log = structlog.get_logger("taskhub.statements")


class StatementLog:
    """Hears of every statement that was sent, `begin`, `commit` and `rollback` among them. It never sees values.

    Attributes:
        durations: from sending a statement until all of its rows are there, by the statement's name.
    """

    def __init__(self, *, slow_seconds: float = 0.25, logs_all: bool = False, tracer: Tracer | None = None) -> None:
        """``slow_seconds``: what takes as long is logged as a warning. ``logs_all``: all others are logged as well."""
        self.tracer = tracer
        self.durations: dict[str, Durations] = {}
        self._slow_seconds = slow_seconds
        self._logged_seconds = 0.0 if logs_all else slow_seconds

    def add(self, name: str, began: float, ended: float, rows: int, error: BaseException | None = None) -> None:
        """A statement that is over. ``began`` and ``ended``: in seconds of `time.monotonic`. ``error``: what it failed with."""
        seconds = ended - began
        durations = self.durations.get(name)
        if durations is None:
            durations = self.durations[name] = Durations()
        durations.add(seconds)
        if seconds >= self._logged_seconds:
            self._log(name, seconds, rows, error)
        if self.tracer is not None and (trace := current_trace()) is not None:
            attributes = (("db.system.name", "postgresql"), ("db.response.returned_rows", rows))
            trace.add(name, SpanKind.CLIENT, began, ended, attributes, error)

    def _log(self, name: str, seconds: float, rows: int, error: BaseException | None) -> None:
        said: dict[str, Any] = {"statement": name, "milliseconds": round(seconds * 1000, 2)}
        said |= {"rows": rows} if error is None else {"error": type(error).__name__}
        if (initiator := current_initiator.get()) is not None:
            said |= {"operation": initiator.operation, "request_id": initiator.request_id}
        if seconds >= self._slow_seconds:
            log.warning("slow statement", **said)
        else:
            log.info("statement", **said)
