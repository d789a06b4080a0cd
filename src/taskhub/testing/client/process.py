"""A testing server as a process of its own, which ends with this one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from taskhub.testing.client.errors import ServerNotStarted
from taskhub.testing.client.launch import Launched, Settings, as_environment, run_name

SECONDS_TO_START = 120.0
"""The first start on a machine prepares a database."""
SECONDS_TO_END = 60.0
POLL_SECONDS = 0.005
READY = "ready.json"
"""Where a server writes where it is reached."""


def launch_process(settings: Settings) -> Launched:
    """Raises:
    ServerNotStarted
    """
    folder = Path(tempfile.mkdtemp(prefix="taskhub-testing-"))
    process: subprocess.Popen[bytes] | None = None

    def stop() -> None:
        if process is not None:
            _end(process)
        shutil.rmtree(folder, ignore_errors=True)

    try:
        process = started(folder, settings, ["--with-parent"], {"TASKHUB_TESTING_RUN": run_name()})
        return told_in(folder, stop)
    except BaseException:
        stop()
        raise


def started(
    folder: Path, settings: Settings, options: Sequence[str], variables: Mapping[str, str], **of_process: Any
) -> subprocess.Popen[bytes]:
    """A server that keeps its notes in a folder, when it is ready.

    Raises:
        ServerNotStarted
    """
    ready, log = folder / READY, folder / "log"
    with log.open("wb") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-m", "taskhub", "serve", "--testing", *options],
            env={**_environment(settings, ready), **variables},
            cwd=folder,  # No .env of the suite is read.
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **of_process,
        )
    try:
        _wait(process, ready, log)
    except BaseException:
        _end(process)
        raise
    return process


def told_in(folder: Path, stop: Callable[[], None]) -> Launched:
    """Where the server is that has written its notes here. Where it has not: OSError, ValueError or KeyError."""
    told = json.loads((folder / READY).read_text(encoding="utf-8"))
    return Launched(told["url"], told["control_url"], told["secret"], stop)


def _environment(settings: Settings, ready: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("TASKHUB_")}
    cache = os.environ.get("TASKHUB_TESTING_CACHE")
    own = {
        "TASKHUB_HOST": "127.0.0.1",
        "TASKHUB_PORT": "0",
        "TASKHUB_TESTING_PORT": "0",
        "TASKHUB_TESTING_READY_FILE": str(ready),
    }
    return kept | own | ({"TASKHUB_TESTING_CACHE": cache} if cache else {}) | as_environment(settings)


def _wait(process: subprocess.Popen[bytes], ready: Path, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not ready.exists():
        if process.poll() is not None:
            raise ServerNotStarted(f"The testing server has ended at its start: {_said(log)}")
        if time.monotonic() > deadline:
            raise ServerNotStarted(f"The testing server is not ready after {SECONDS_TO_START:.0f} s: {_said(log)}")
        time.sleep(POLL_SECONDS)


def _said(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-4000:].strip() or "it said nothing"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
