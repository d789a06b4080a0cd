"""A server that one run leaves for the next: found by what it was started with, and by the code that it runs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path

import httpx2

from taskhub.embedded.locks import FileLock
from taskhub.testing.client import calls
from taskhub.testing.client.errors import TestingError
from taskhub.testing.client.launch import Launched, Settings
from taskhub.testing.client.process import READY, launch_process, started, told_in
from taskhub.testing.options import default_cache

IDLE_SECONDS = 900
"""After so long without a request it ends by itself."""
RUN = "reused"

_left: list[subprocess.Popen[bytes]] = []
"""Those that go on when this process ends: nobody waits for them."""


def launch_reused(settings: Settings) -> Launched:
    """One that is there already, emptied; or a new one, which stays. Where somebody else uses it: one of this run alone.

    Raises:
        ServerNotStarted
    """
    folder = default_cache() / "reused" / _key(settings)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    if not lock.try_acquire():
        return launch_process(settings)
    try:
        launched = _adopted(folder, lock)
        if launched is None:
            (folder / READY).unlink(missing_ok=True)
            variables = {"TASKHUB_TESTING_RUN": RUN, "TASKHUB_TESTING_IDLE_SECONDS": str(IDLE_SECONDS)}
            _left.append(started(folder, settings, [], variables, start_new_session=True))
            launched = told_in(folder, lock.release)
    except BaseException:
        lock.release()
        raise
    return launched


def _adopted(folder: Path, lock: FileLock) -> Launched | None:
    """The server that has written its notes here, if it is still there. It is emptied."""
    try:
        launched = told_in(folder, lock.release)
        call = calls.reset()
        with httpx2.Client(base_url=launched.control_url, trust_env=False) as client:
            call.result(client.request(**call.request(), headers={"authorization": f"Bearer {launched.secret}"}))
    except (OSError, ValueError, KeyError, httpx2.TransportError, TestingError):
        return None
    return launched


def _key(settings: Settings) -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    told = [sys.executable, version("taskhub"), worker, _newest_source(), json.dumps(dict(settings), sort_keys=True, default=str)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _newest_source() -> str:
    """When the service or a module was last changed: a server goes on with the code that it was started with."""
    packages = {"taskhub", *(entry.module.partition(".")[0] for entry in entry_points(group="taskhub.modules"))}
    specs = [find_spec(package) for package in sorted(packages)]
    places = [Path(place) for spec in specs if spec is not None for place in spec.submodule_search_locations or ()]
    return str(max((file.stat().st_mtime_ns for place in places for file in place.rglob("*.py")), default=0))
