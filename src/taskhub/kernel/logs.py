"""Structured logs on standard output: one JSON object a line, or a line for people where a terminal shows them."""

import logging
import os
import sys
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal, cast

import msgspec
import structlog

LogFormat = Literal["auto", "console", "json"]
"""``auto``: for people on a terminal, JSON elsewhere."""
Event = MutableMapping[str, Any]

_encode = msgspec.json.Encoder(enc_hook=str).encode


def configure_logs(level: str, format: LogFormat, *, names_process: bool = False) -> None:
    """Sets logging up for the process. ``level``: debug, info, warning or error. ``names_process``: by its id, in every line."""
    render = _line if is_for_people(format) else _json
    steps: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.format_exc_info,
        _stamp,
        structlog.processors.EventRenamer("message"),
        *([_pid] if names_process else []),
    ]
    structlog.configure(
        processors=[*steps, render],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.BytesLoggerFactory(file=cast("BinaryIO", _Lines(sys.stdout.buffer))),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_libraries(steps, render)], force=True)
    logging.captureWarnings(capture=True)


def is_for_people(format: LogFormat) -> bool:
    """Whether people read the output of this process, rather than programs."""
    return format == "console" or (format == "auto" and sys.stdout.isatty())


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


def _libraries(steps: list[Any], render: Callable[[Any, str, Event], bytes]) -> logging.Handler:
    """What libraries have to say, from warnings upwards, in the same form."""
    formatter = structlog.stdlib.ProcessorFormatter
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        formatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder()],
            processors=[formatter.remove_processors_meta, *steps, lambda *event: render(*event).decode()],
        )
    )
    return handler


def _stamp(_: Any, __: str, event: Event) -> Event:
    """The encoder writes an instant in UTC a good deal faster than anything writes it as text."""
    event["timestamp"] = datetime.now(UTC)
    return event


def _pid(_: Any, __: str, event: Event) -> Event:
    event["pid"] = os.getpid()
    return event


def _json(_: Any, __: str, event: Event) -> bytes:
    return _encode(event)


def _line(_: Any, __: str, event: Event) -> bytes:
    """Time, level and message, then all else by name; of a request its values alone, which speak for themselves."""
    time, level, message = event.pop("timestamp"), event.pop("level"), event.pop("message")
    trace = event.pop("exception", None)
    if message == "request":
        event["milliseconds"] = f"{event['milliseconds']:.1f} ms"
        words = [str(event.pop(name)) for name in ("method", "path", "status", "milliseconds", "request_id")]
    else:
        words = [str(message)]
    words += [f"{name}={value}" for name, value in event.items()]
    line = " ".join([f"{time.astimezone():%H:%M:%S}", f"{level:7}", *map(_shown, words)])
    return "\n".join([line, *([str(trace)] if trace else [])]).encode(errors="backslashreplace")


def _shown(text: str) -> str:
    """A terminal obeys control characters, and a path has whatever a client sends."""
    return text if text.isprintable() else "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
