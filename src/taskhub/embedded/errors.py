"""Errors of the embedded server: what was tried, what the server said, and what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OTHER_DATABASE = "or set TASKHUB_DATABASE_URL to a PostgreSQL that runs elsewhere"

_OWN_PROBE = "FATAL:  the database system is starting up"
_START = "LOG:  starting PostgreSQL"
_DAMAGED = "The data folder is damaged: move it away and restore the latest backup into a new one."
_ADVICE = (
    ("No space left on device", "Free space on the volume of the data folder, then start again."),
    ("Permission denied", "Give the account that runs the server access, or choose another data folder."),
    ("has wrong ownership", "Give the data folder back to the account that runs the server (chown)."),
    ("has invalid permissions", "Close the data folder to other accounts (chmod 0700)."),
    ("could not create shared memory", "Free memory or shared memory (/dev/shm), then start again."),
    ("could not map anonymous shared memory", "Free memory, then start again."),
    ("could not bind", "End the process that holds the server's socket or port, then start again."),
    ("Address already in use", "End the process that holds the server's socket or port, then start again."),
    ("too many clients", "Use fewer or smaller connection pools, or raise max_connections in postgresql.conf."),
    ("incompatible with server", _DAMAGED),
    ("pg_control", _DAMAGED),
    ("checkpoint record", _DAMAGED),
    ("invalid page in block", _DAMAGED),
    ("authentication failed", "Put the file `password` of the data folder back as it was when the folder was made."),
    ("unrecognized configuration parameter", "Take the named line out of postgresql.conf."),
    ("syntax error in file", "Correct the named line of postgresql.conf."),
    ("contains errors", "Correct the named line of postgresql.conf."),
)


class EmbeddedPostgresError(Exception):
    """The embedded server can't do what was asked. The message names what was tried, what the server said, and what to do."""


def failure(tried: str, *, said: str = "", advice: str = "") -> EmbeddedPostgresError:
    """Build the error; without `advice` it is derived from what the server said."""
    parts = [tried]
    if said.strip():
        parts.append("It said:\n" + "\n".join(f"  {line}" for line in said.strip().splitlines()))
    parts.append(advice or advice_on(said))
    return EmbeddedPostgresError("\n".join(parts))


def advice_on(said: str) -> str:
    """What to do about a message of the server or the operating system."""
    for words, advice in _ADVICE:
        if words in said:
            return advice
    return f"Correct what the message above names and start again, {OTHER_DATABASE}."


def last_lines(*files: Path, count: int = 20) -> str:
    """The last lines of the files that exist, from the server's latest start on; links are not followed."""
    lines: list[str] = []
    for file in files:
        if file.is_file() and not file.is_symlink():
            lines += since_start(file.read_text(encoding="utf-8", errors="replace")).splitlines()
    return "\n".join([line for line in lines if _OWN_PROBE not in line][-count:])


def since_start(log: str) -> str:
    """What a log says from the server's latest start on."""
    start = log.rfind(_START)
    return log[log.rfind("\n", 0, start) + 1 :] if start >= 0 else log


@contextmanager
def os_errors_explained(tried: str) -> Iterator[None]:
    """Turn an error of the operating system into an `EmbeddedPostgresError`."""
    try:
        yield
    except OSError as error:
        said = error.strerror or str(error)
        place = f" ({error.filename})" if error.filename else ""
        advice = "Let this account write there, or choose another data folder." if error.errno == errno.EROFS else ""
        raise failure(tried, said=said + place, advice=advice) from error
