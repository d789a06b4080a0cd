"""Starting and stopping the server process."""

from __future__ import annotations

import shlex
import signal
import socket
import sys
import time

from taskhub.embedded.address import Address
from taskhub.embedded.binaries import tool
from taskhub.embedded.cluster import password_of
from taskhub.embedded.commands import query, run_as
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import failure, last_lines
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock, is_held
from taskhub.embedded.placement import Placement
from taskhub.embedded.processes import OrphanSweep, send_signal, server_processes
from taskhub.embedded.sockets import PORT, clear_stale_sockets, socket_folder
from taskhub.embedded.subprocesses import run

_SECONDS_TO_STOP_FAST = 60.0
_SECONDS_TO_STOP_AT_ONCE = 10.0
_SECONDS_WITHOUT_A_PROCESS = 1.0
# pg_ctl would look every tenth of a second, and a start takes half of that. On Windows nobody else knows that it has failed.
_WAIT = "--wait" if sys.platform == "win32" else "--no-wait"
_PID_LINES = 8
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# After a crash PostgreSQL first flushes whatever is in its folder: file by file that takes seconds.
_RECOVERY = {"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}


def is_running(layout: Layout) -> bool:
    """Whether any process of a server runs, orphaned children included."""
    if sys.platform == "win32":
        return run([tool("pg_ctl"), "status", f"--pgdata={layout.data}"]).returncode == 0
    if is_held(layout.server_lock):
        return True
    if not layout.postmaster_pid.exists():  # Only one that has ended in order takes it away: no need to look at all processes.
        return False
    found = server_processes(layout.marker)
    return bool(found.postmasters or found.children)


def launch(placement: Placement, *, durable: bool, server_lock: FileLock, deadline: Deadline) -> None:
    """Start the server and wait until it is ready. All of its processes inherit the server's lock, which is released here.

    Only call it with the lock held and nothing running. Raises EmbeddedPostgresError, OSError.
    """
    layout = placement.layout
    settings = {"cluster_name": layout.marker} | _RECOVERY | ({} if durable else _NOT_DURABLE) | _listening(placement)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    if sys.platform != "win32":
        layout.postmaster_pid.unlink(missing_ok=True)  # its pid may be another process' by now
    command = [str(placement.binaries.tool("pg_ctl")), "start", "--silent", _WAIT]
    command += [f"--timeout={deadline.remaining() + 1:.0f}", f"--options={shlex.join(options)}"]
    began = time.time()
    with layout.start_log.open("wb") as log:
        done = run_as(
            placement.account,
            command,
            settings={"PGDATA": str(layout.data)},
            inherit=[server_lock.fileno()],
            output=log,
            timeout=deadline.remaining() + 10,
        )
    server_lock.release()  # from now on it tells whether a process of the server lives
    if done.returncode or not _becomes_ready(layout, deadline):
        who = f", under the account {placement.account.name!r}" if placement.account else ""
        raise failure(f"PostgreSQL did not start on {layout.data}{who}.", said=last_lines(*layout.logs(began - 1)))


def _becomes_ready(layout: Layout, deadline: Deadline) -> bool:
    """Wait until the server takes connections. False if it has ended before, or time is up."""
    if sys.platform == "win32":
        return True
    return deadline.wait_until(lambda: _is_ready(layout) or not is_held(layout.server_lock)) and _is_ready(layout)


def _is_ready(layout: Layout) -> bool:
    note = _note(layout)
    return len(note) >= _PID_LINES and note[_PID_LINES - 1].strip() == "ready"


def _note(layout: Layout) -> list[str]:
    """The lines that the server has written about itself; none if it has not begun."""
    try:
        return layout.postmaster_pid.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _listening(placement: Placement) -> dict[str, str]:
    if sys.platform == "win32":
        with socket.create_server(("127.0.0.1", 0)) as free:
            return {"listen_addresses": "127.0.0.1", "port": str(free.getsockname()[1])}
    folder = socket_folder(placement.layout, placement.account)
    clear_stale_sockets(folder)
    return {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(folder),
        "unix_socket_permissions": "0700",
    }


def address_of(layout: Layout) -> Address | None:
    """Where the server listens, from its `postmaster.pid`; None if it has not written that yet. Raises EmbeddedPostgresError."""
    note = _note(layout)
    if len(note) < 6:
        return None
    return Address(host=note[5] if sys.platform == "win32" else note[4], port=int(note[3]), password=password_of(layout))


def setting(address: Address, name: str) -> tuple[str | None, str]:
    """Connect and ask for a setting. Returns its value, None if there was no answer, and what was said instead."""
    done = query(f"SELECT current_setting('{name}')", address=address)
    return (done.stdout.strip(), "") if done.returncode == 0 else (None, done.stderr)


def stop(layout: Layout) -> None:
    """Stop the server if one runs: a fast shutdown, then an immediate one, then SIGKILL.

    Only call it with the clients' lock held exclusively. Raises EmbeddedPostgresError if the server does not stop.
    """
    if sys.platform == "win32":
        if is_running(layout):
            run([tool("pg_ctl"), "stop", "--silent", "--mode=fast", f"--pgdata={layout.data}"])
    else:
        attempts = (
            (signal.SIGINT, _SECONDS_TO_STOP_FAST),
            (signal.SIGQUIT, _SECONDS_TO_STOP_AT_ONCE),
            (signal.SIGKILL, _SECONDS_TO_STOP_AT_ONCE),
        )
        unseen = Deadline(_SECONDS_WITHOUT_A_PROCESS)
        if any(_stops(layout, sign, Deadline(seconds), unseen) for sign, seconds in attempts):
            return
    if is_running(layout):
        raise failure(f"PostgreSQL on {layout.data} does not stop.", said=last_lines(*layout.logs()))


def _stops(layout: Layout, sign: signal.Signals, deadline: Deadline, unseen: Deadline) -> bool:
    """Whether the server ends. `unseen`: how long to wait for what holds its lock but can't be found."""
    sweep = OrphanSweep(layout.marker)
    signalled: set[int] = set()

    def is_over() -> bool:
        if not is_running(layout):
            return True
        for pid in set(server_processes(layout.marker).postmasters) - signalled:
            send_signal(pid, sign)
            signalled.add(pid)
        sweep()
        return not signalled and not unseen.remaining()

    return deadline.wait_until(is_over) and not is_running(layout)
