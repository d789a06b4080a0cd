"""A server that one run leaves for the next: found by what it was started with, and by the code that it runs."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from contextlib import suppress
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path

import httpx2

from taskhub.embedded.deadline import Deadline
from taskhub.testing.client import calls
from taskhub.testing.client.errors import TestingError
from taskhub.testing.client.launch import Launched, Settings
from taskhub.testing.client.notes import LOG, READY, Notes
from taskhub.testing.client.process import launch_process, no_place, notes_of, started
from taskhub.testing.held_folders import HeldFolder, lock_of, remove_files, remove_unused
from taskhub.testing.options import default_cache

IDLE_SECONDS = 900
"""After so long without a request, and without a run that uses it, it ends by itself."""
RUN = "reused"
CODE = "code.txt"
"""What the server in a folder runs."""
SECONDS_TO_HOLD = 0.1
"""For those who only look whether a folder is in use."""


def launch_reused(settings: Settings) -> Launched:
    """One that is there already, emptied; or a new one, which stays. Where somebody else uses it: one of this run alone.

    Raises:
        ServerNotStarted
    """
    place = default_cache() / "reused"
    held = HeldFolder(place / _key(settings))
    try:
        place.mkdir(parents=True, exist_ok=True)
        if not Deadline(SECONDS_TO_HOLD).wait_until(held.try_hold):
            return launch_process(settings)
        remove_unused(place, _remove_dead)
        return _adopted(held) or _new(held, settings)
    except OSError as error:
        held.release()
        raise no_place(error) from error
    except BaseException:
        held.release()
        raise


def _adopted(held: HeldFolder) -> Launched | None:
    """The server of this folder, emptied, if it is still there and runs the code of today. One that does not is told to end."""
    notes = Notes.read(held.folder)
    if notes is None or not notes.is_of_who_answers():
        return None
    try:
        if (held.folder / CODE).read_text(encoding="utf-8") == _code():
            call = calls.reset()
            with httpx2.Client(base_url=notes.control_url, trust_env=False) as client:
                call.result(client.request(**call.request(), headers={"authorization": f"Bearer {notes.secret}"}))
            return notes.launched(held.folder, held.release)
    except (OSError, httpx2.HTTPError, TestingError):
        pass
    with suppress(OSError):
        os.kill(notes.pid, signal.SIGTERM)
    return None


def _new(held: HeldFolder, settings: Settings) -> Launched:
    held.folder.mkdir(mode=0o700, exist_ok=True)
    for name in (READY, LOG):  # Of a server that may still be about to end.
        (held.folder / name).unlink(missing_ok=True)
    (held.folder / CODE).write_text(_code(), encoding="utf-8")
    variables = {
        "TASKHUB_TESTING_RUN": RUN,
        "TASKHUB_TESTING_IDLE_SECONDS": str(IDLE_SECONDS),
        "TASKHUB_TESTING_IDLE_LOCK": str(lock_of(held.folder)),
    }
    process = started(held.folder, settings, [], variables)
    process.returncode = 0  # It goes on when this process ends, so nobody waits for it: `Popen` would complain of that.
    return notes_of(held.folder).launched(held.folder, held.release)


def _remove_dead(folder: Path, patience: float) -> bool:
    """The folder of a server that has ended, with the secret that nobody needs any more."""
    notes = Notes.read(folder)
    return not (notes is not None and notes.is_of_who_answers()) and remove_files(folder, patience)


def _key(settings: Settings) -> str:
    told = [sys.executable, os.environ.get("PYTEST_XDIST_WORKER", ""), json.dumps(dict(settings), sort_keys=True, default=str)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _code() -> str:
    return f"{version('taskhub')} {_newest_source()}"


def _newest_source() -> str:
    """When the service or a module was last changed: a server goes on with the code that it was started with."""
    packages = {"taskhub", *(entry.module.partition(".")[0] for entry in entry_points(group="taskhub.modules"))}
    specs = [find_spec(package) for package in sorted(packages)]
    places = [Path(place) for spec in specs if spec is not None for place in spec.submodule_search_locations or ()]
    return str(max((file.stat().st_mtime_ns for place in places for file in place.rglob("*.py")), default=0))
