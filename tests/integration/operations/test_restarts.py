"""Whatever was killed, and however: the next start works, on the same port, and what was acknowledged is there."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from uuid import uuid4

import pytest

from support.harness.program import TASKHUB, Installation, Served
from support.harness.waiting import PROGRAM_SECONDS, wait_until
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock
from taskhub.embedded.placement import known_folder

STARTED_BY_ANOTHER = (
    sys.executable,
    "-c",
    f"import subprocess; subprocess.run({[*TASKHUB, 'serve', '--with-parent']!r}, check=False)",
)


def processes_of(installation: Installation) -> list[int]:
    """The database's server and its watchdog."""
    command = ["ps", "-axww", "-o", "pid=,args="]
    listing = subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=True).stdout
    rows = [line.split(maxsplit=1) for line in listing.splitlines()]
    return [int(pid) for pid, line in rows if str(installation.folder) in line]


def postmaster_of(installation: Installation) -> int:
    return int((installation.folder / "data/postgres/data/postmaster.pid").read_text().splitlines()[0])


def kill_service(served: Served, installation: Installation) -> None:
    served.end(signal.SIGKILL)


def kill_database(served: Served, installation: Installation) -> None:
    os.kill(postmaster_of(installation), signal.SIGKILL)
    served.end(signal.SIGKILL)


def kill_everything(served: Served, installation: Installation) -> None:
    pids = processes_of(installation)
    assert len(pids) > 1
    for pid in (*pids, served.process.pid):
        os.kill(pid, signal.SIGKILL)
    served.process.wait(PROGRAM_SECONDS)


def test_the_embedded_database_is_started_again_when_it_was_killed(installation: Installation) -> None:
    with installation.serving() as served:
        served.sign_up("before@example.com")
        os.kill(postmaster_of(installation), signal.SIGKILL)
        wait_until(lambda: not served.is_ready())
        served.wait_until_ready()
        assert served.sign_in("before@example.com")


@pytest.mark.parametrize(
    ("kill", "command"),
    [
        pytest.param(kill_service, (*TASKHUB, "serve"), id="the service"),
        pytest.param(kill_service, STARTED_BY_ANOTHER, id="what started the service"),
        pytest.param(kill_database, (*TASKHUB, "serve"), id="the database"),
        pytest.param(kill_everything, (*TASKHUB, "serve"), id="everything at once"),
    ],
)
def test_a_kill_leaves_nothing_that_stops_the_next_start(
    kill: Callable[[Served, Installation], None], command: tuple[str, ...], installation: Installation
) -> None:
    email = f"{uuid4().hex}@example.com"
    with installation.start(command) as served:
        served.wait_until_ready()
        served.sign_up(email)
        kill(served, installation)
    with installation.serving() as again:
        assert again.sign_in(email)


def test_a_service_whose_parent_is_killed_before_it_serves_ends_all_the_same(installation: Installation) -> None:
    with installation.serving():
        folder = known_folder(installation.folder / "data")
    assert folder is not None
    held = FileLock(Layout(folder).clients_lock)
    wait_until(held.try_acquire)  # As one has it who stops the database: a start waits for that.
    try:
        with installation.start(STARTED_BY_ANOTHER) as starting:
            starting.wait_until_it_says("TaskHub starts its database")
            starting.end(signal.SIGKILL)
    finally:
        held.release()
    wait_until(lambda: "serves on" in starting.log, PROGRAM_SECONDS)
    wait_until(lambda: not processes_of(installation), PROGRAM_SECONDS)
