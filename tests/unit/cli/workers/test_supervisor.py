"""What the supervisor does when workers end, hang, or can't be started."""

import errno
import os
import socket
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, cast

import pytest

from taskhub.cli.server.workers.channel import Kind
from taskhub.cli.server.workers.fair_share import ConnectionCounts
from taskhub.cli.server.workers.restarts import MAX_PAUSE_SECONDS
from taskhub.cli.server.workers.supervisor import SILENT_SECONDS
from taskhub.cli.server.workers.worker_process import fork_worker
from taskhub.kernel.cli import CommandFailed

from .conftest import FakeProcess, Fleet, first_work


def test_a_worker_that_cannot_be_forked_is_tried_again_after_a_pause(fleet: Fleet) -> None:
    fleet.turn()
    fleet.serve()
    fleet.fork_error = OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    fleet.end(fleet.workers[0])
    for _ in range(20):
        fleet.turn(1)
    assert len(fleet.workers) == 1
    fleet.fork_error = None
    fleet.turn()
    assert len(fleet.workers) == 1, "there was no pause"
    fleet.turn(MAX_PAUSE_SECONDS)
    assert len(fleet.workers) == 2


def test_where_the_first_worker_cannot_be_forked_the_service_ends(fleet: Fleet) -> None:
    fleet.fork_error = OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
    fleet.turn()
    with pytest.raises(CommandFailed, match="Cannot allocate memory"):
        fleet.turn()


@pytest.mark.parametrize(("owner", "name"), [(BaseProcess, "start"), (socket, "socketpair")])
def test_a_failed_fork_leaves_no_file_open_and_no_place_taken(owner: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Any:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(owner, name, fail)
    counts = ConnectionCounts(1)
    before = set(Path("/dev/fd").iterdir())
    for _ in range(3):
        with pytest.raises(OSError, match="Too many open files"):
            fork_worker(first_work, counts, [], 0)
    assert set(Path("/dev/fd").iterdir()) == before
    assert counts.take_place() == 0


def test_a_worker_whose_channel_is_held_by_another_process_is_replaced(fleet: Fleet) -> None:
    fleet.turn()
    fleet.serve()
    dead = fleet.workers[0]
    held = socket.fromfd(fleet.own_ends[dead.pid].fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
    with held:
        fleet.end(dead)
        fleet.turn(20)
        assert dead not in fleet.workers
        assert len(fleet.workers) == 2


def test_what_a_worker_sends_at_its_very_end_is_received(fleet: Fleet) -> None:
    fleet.turn()
    fleet.serve()
    dead = fleet.workers[0]

    class EndsNow:
        """It sends something and ends while the supervisor looks at it."""

        pid = dead.pid

        @property
        def exitcode(self) -> int:
            fleet.says(dead, Kind.MEASURED, b"\x90")
            return 0

    dead.process = cast("Any", EndsNow())
    fleet.turn()
    assert dead.last == b"\x90"


def test_a_worker_that_serves_and_says_nothing_for_long_is_killed(fleet: Fleet) -> None:
    fleet.turn()
    fleet.serve()
    talking = fleet.workers[0]
    for _ in range(int(SILENT_SECONDS) - 1):
        fleet.says(talking, Kind.MEASURED)
        fleet.turn(1)
    assert fleet.killed == []
    fleet.turn(1)
    assert fleet.killed == [fleet.workers[1].pid]


def test_no_worker_is_killed_for_the_time_that_the_supervisor_was_stopped_as_well(fleet: Fleet) -> None:
    fleet.turn()
    fleet.serve()
    fleet.turn(SILENT_SECONDS * 10)
    fleet.turn(1)
    assert fleet.killed == []


@pytest.mark.parametrize(
    ("code", "ending"), [(3, "exit code 3"), (-9, "killed by SIGKILL"), (-40, "killed by signal 40"), (0, "exit code 0")]
)
def test_every_ending_has_a_name(fleet: Fleet, code: int, ending: str) -> None:
    fleet.turn()
    worker = fleet.workers[0]
    cast("FakeProcess", worker.process).exitcode = code
    assert worker.ending == ending
