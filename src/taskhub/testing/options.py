"""How a testing server is started: by variables of the environment, which it takes out of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from platformdirs import user_cache_path

from taskhub.embedded.account import is_root
from taskhub.embedded.placement import SYSTEM_FOLDER

PREFIX = "TASKHUB_TESTING_"


def default_cache() -> Path:
    """Where prepared databases are kept: `TASKHUB_TESTING_CACHE`, or the user's cache folder.

    As root PostgreSQL runs under another account, which can't reach root's: there it is a folder that everybody may pass.
    """
    if given := os.environ.get(f"{PREFIX}CACHE"):
        return Path(given).expanduser()
    return SYSTEM_FOLDER / "testing" if is_root() else user_cache_path("taskhub", appauthor=False) / "testing"


@dataclass(frozen=True)
class TestingOptions:
    """
    Attributes:
        host, port: where the control interface listens.
        secret: what it demands; ``is_given``: by whoever starts the server, who knows it.
        ready_file: where the server writes where it is reached, as JSON, when it is.
        run: servers of one run share a PostgreSQL.
        cache: where prepared databases are kept.
        idle_seconds: the server ends by itself when nobody has asked it anything for so long,
        idle_lock: and nobody holds this lock.
        parent: the process that the server ends with.
    """

    __test__ = False

    host: str
    port: int
    secret: str
    is_given: bool
    ready_file: Path | None
    run: str
    cache: Path
    idle_seconds: float | None
    idle_lock: Path | None
    parent: int | None

    @classmethod
    def take(cls, environment: MutableMapping[str, str]) -> TestingOptions:
        """Reads them, so that what is left are settings of the service alone.

        Raises:
            ValueError: one is no number.
        """

        def taken(name: str) -> str:
            return environment.pop(f"{PREFIX}{name}", "")

        cache = default_cache()
        taken("CACHE")
        given = taken("SECRET")
        ready_file, idle, idle_lock, parent = taken("READY_FILE"), taken("IDLE_SECONDS"), taken("IDLE_LOCK"), taken("PARENT")
        return cls(
            host=taken("HOST") or "127.0.0.1",
            port=int(taken("PORT") or 8001),
            secret=given or secrets.token_urlsafe(32),
            is_given=bool(given),
            ready_file=Path(ready_file) if ready_file else None,
            run=taken("RUN") or uuid4().hex,
            idle_seconds=float(idle) if idle else None,
            idle_lock=Path(idle_lock) if idle_lock else None,
            parent=int(parent) if parent else None,
            cache=cache,
        )
