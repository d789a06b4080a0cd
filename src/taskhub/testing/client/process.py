"""A testing server as a process of its own, which ends with this one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from taskhub.testing.client.errors import ServerNotStarted
from taskhub.testing.client.launch import Launched, Settings, as_environment, run_name
from taskhub.testing.client.notes import LOG, READY, Notes, log_in
from taskhub.testing.held_folders import own_folder, remove_files
from taskhub.testing.options import default_cache

SECONDS_TO_START = 120.0
"""The first start on a machine prepares a database."""
SECONDS_TO_END = 60.0
POLL_SECONDS = 0.005


def launch_process(settings: Settings) -> Launched:
    """Raises:
    ServerNotStarted
    """
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(own_folder(default_cache() / "servers", remove_files))
            folder.mkdir(mode=0o700)
        except OSError as error:
            raise no_place(error) from error
        process = started(folder, settings, ["--with-parent"], {"TASKHUB_TESTING_RUN": run_name(), **_parent()})
        stack.callback(_end, process)
        return notes_of(folder).launched(folder, stack.pop_all().close)


def started(folder: Path, settings: Settings, options: Sequence[str], variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A server that keeps its notes in a folder, when it is ready.

    Raises:
        ServerNotStarted
    """
    with (folder / LOG).open("wb") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-m", "taskhub.cli.server.testing", *options],
            env={**_environment(settings, folder / READY), **variables},
            cwd=folder,  # No .env of the suite is read.
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C is for the tests: with them, their server goes as well. Those that go on, in a debugger, need it.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # The same on Windows.
        )
    try:
        import_module("httpcore2")  # Meanwhile: the client's transport needs it, and takes a fortieth of a second to import it.
        _wait(process, folder)
    except BaseException:
        _end(process)
        raise
    return process


def notes_of(folder: Path) -> Notes:
    """Those of a server that is ready.

    Raises:
        ServerNotStarted: they were taken away meanwhile.
    """
    notes = Notes.read(folder)
    if notes is None:
        raise ServerNotStarted(f"The testing server was ready, but {folder} does not say any more where it is.")
    return notes


def no_place(error: OSError) -> ServerNotStarted:
    advice = "Set TASKHUB_TESTING_CACHE to a folder that this account may write to."
    return ServerNotStarted(f"The testing server has no place to work in: {error}. {advice}")


def _parent() -> dict[str, str]:
    """Whom the server ends with. It may look for its parent for the first time when that is gone already.

    On Windows the program of a virtual environment starts another one, whose parent is not this process.
    """
    return {} if sys.platform == "win32" else {"TASKHUB_TESTING_PARENT": str(os.getpid())}


def _environment(settings: Settings, ready: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("TASKHUB_")}
    own = {
        "TASKHUB_HOST": "127.0.0.1",
        "TASKHUB_PORT": "0",
        "TASKHUB_TESTING_PORT": "0",
        "TASKHUB_TESTING_READY_FILE": str(ready),
        "TASKHUB_TESTING_CACHE": str(default_cache()),
    }
    return kept | own | as_environment(settings)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not (folder / READY).exists():
        if process.poll() is not None:
            raise ServerNotStarted(f"The testing server has ended at its start: {_said(folder)}")
        if time.monotonic() > deadline:
            raise ServerNotStarted(f"The testing server is not ready after {SECONDS_TO_START:.0f} s: {_said(folder)}")
        time.sleep(POLL_SECONDS)


def _said(folder: Path) -> str:
    return log_in(folder)[-4000:].strip() or "it said nothing"


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
