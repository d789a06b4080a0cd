"""The processes of a server, found by the marker in their command lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from taskhub.embedded.deadline import Deadline

_SECONDS_TO_EXIT = 0.5
_MAX_BYTES = 64 * 1024
if sys.platform == "win32":
    _KILL = signal.SIGTERM
else:
    _KILL = signal.SIGKILL


@dataclass(frozen=True)
class ServerProcesses:
    """The process ids of one server: the postmaster, and its children for connections and background work."""

    postmasters: tuple[int, ...]
    children: tuple[int, ...]


def server_processes(marker: str) -> ServerProcesses:
    """The living processes of the server with this marker; none where processes can't be listed."""
    lines = list(_command_lines())
    return ServerProcesses(
        tuple(pid for pid, line in lines if is_postmaster(line, marker)),
        tuple(pid for pid, line in lines if is_child(line, marker)),
    )


def is_child(command_line: str, marker: str) -> bool:
    """Whether the title is one that PostgreSQL gives its children; the marker is the server's `cluster_name`."""
    return command_line.startswith(f"postgres: {marker}:")


def is_postmaster(command_line: str, marker: str) -> bool:
    """Whether this is the program itself, started with the marker as `cluster_name`."""
    program, found, _ = command_line.partition(" -c ")
    return bool(found) and Path(program).name == "postgres" and f"cluster_name={marker}" in command_line.split()


def _command_lines() -> Iterator[tuple[int, str]]:
    if sys.platform == "win32":
        return
    if sys.platform == "linux":
        for folder in os.scandir("/proc"):
            if folder.name.isdigit() and (line := _command_line(folder.path)):
                yield int(folder.name), line
    else:
        listing = subprocess.run(["/bin/ps", "-axww", "-o", "pid=,command="], capture_output=True, check=False)
        for row in listing.stdout.decode(errors="replace").splitlines():
            pid, _, line = row.strip().partition(" ")
            yield int(pid), line


def _command_line(process: str) -> str:
    # Few calls for each: while another thread imports the application, each has to wait for its turn.
    try:
        descriptor = os.open(f"{process}/cmdline", os.O_RDONLY)
        try:
            arguments = os.read(descriptor, _MAX_BYTES)
        finally:
            os.close(descriptor)
    except OSError:  # it has just ended
        return ""
    return arguments.rstrip(b"\0").replace(b"\0", b" ").decode(errors="replace")


class OrphanSweep:
    """Ends children whose postmaster was killed: a busy one would hold the data directory until its work is done."""

    def __init__(self, marker: str) -> None:
        self._marker = marker
        self._grace: Deadline | None = None

    def __call__(self) -> None:
        """Kill orphans that have not ended by themselves in time. Call it repeatedly while waiting."""
        found = server_processes(self._marker)
        if found.postmasters or not found.children:
            self._grace = None
        elif self._grace is None:
            self._grace = Deadline(_SECONDS_TO_EXIT)
        elif not self._grace.remaining():
            for pid in found.children:
                send_signal(pid, _KILL)


def send_signal(pid: int, sign: signal.Signals) -> None:
    """Signal a process that may have ended by now."""
    with suppress(ProcessLookupError):
        os.kill(pid, sign)
