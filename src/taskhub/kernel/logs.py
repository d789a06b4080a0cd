"""Structured logs: one JSON object a line, on standard output."""

import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

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
        logger_factory=structlog.BytesLoggerFactory(file=sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_libraries(steps)], force=True)
    logging.captureWarnings(capture=True)


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
