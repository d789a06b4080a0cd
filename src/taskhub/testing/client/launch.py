"""Where a server is, and what ends it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from uuid import uuid4

Mode = Literal["process", "asgi", "container"]
Settings = Mapping[str, Any]


def _nothing() -> str:
    return ""


@dataclass(frozen=True)
class Launched:
    """A server that is ready. ``stop`` ends it, and returns when it has ended. ``log``: what it has said so far."""

    url: str
    control_url: str
    secret: str
    stop: Callable[[], None]
    log: Callable[[], str] = _nothing


@cache
def run_name() -> str:
    """Servers of one run share a PostgreSQL: those of this process, and of all workers of pytest-xdist."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex


def as_environment(settings: Settings) -> dict[str, str]:
    """Settings by their names in lower case, as variables: `{"rate_limits": "on"}` is `TASKHUB_RATE_LIMITS`."""
    return {f"TASKHUB_{name}".upper(): _text(value) for name, value in settings.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
