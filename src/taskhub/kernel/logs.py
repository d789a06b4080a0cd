"""Structured logs: one JSON object a line, on standard output."""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

import msgspec
import structlog

_encode = msgspec.json.Encoder(enc_hook=str).encode


def configure_logs(level: str) -> None:
    """Sets logging up for the process. ``level``: debug, info, warning or error."""
    steps: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        _stamp,
        structlog.processors.EventRenamer("message"),
    ]
    structlog.configure(
        processors=[*steps, _render],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.BytesLoggerFactory(file=cast("BinaryIO", _Lines(sys.stdout.buffer))),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_libraries(steps)], force=True)
    logging.captureWarnings(capture=True)


class _Lines:
    """Where lines are written to. One that can't be (the disk may be full) is no reason to fail at what it tells of."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, line: bytes) -> None:
        with suppress(OSError):
            self._file.write(line)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


def _libraries(steps: list[Any]) -> logging.Handler:
    """What libraries have to say, from warnings upwards, in the same form."""
    formatter = structlog.stdlib.ProcessorFormatter
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        formatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder()],
            processors=[formatter.remove_processors_meta, *steps, lambda *event: _render(*event).decode()],
        )
    )
    return handler


def _stamp(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The encoder writes an instant in UTC a good deal faster than anything writes it as text."""
    event["timestamp"] = datetime.now(UTC)
    return event


def _render(_: Any, __: str, event: MutableMapping[str, Any]) -> bytes:
    return _encode(event)
