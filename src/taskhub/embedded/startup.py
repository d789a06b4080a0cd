"""Makes sure that a server runs and answers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from taskhub.embedded.address import Address
from taskhub.embedded.cluster import check_version, create_cluster, password_of
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import EmbeddedPostgresError, advice_on, failure, last_lines
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock
from taskhub.embedded.placement import Placement
from taskhub.embedded.postmaster import address_of, is_running, launch, setting
from taskhub.embedded.processes import OrphanSweep
from taskhub.embedded.subprocesses import environment

_WATCHDOG = "taskhub.embedded.watchdog"
_SECONDS_FOR_WATCHDOG = 30
_PERMANENT_ERRORS = ("authentication failed", "does not exist", "no pg_hba.conf entry")


Fill = Callable[[Layout, FileLock], None]
"""Makes the data directory with the database in it. What it runs inherits the lock: the next start waits until that has ended."""


def ensure_running(placement: Placement, *, durable: bool, deadline: Deadline, fill: Fill | None = None) -> Address:
    """Adopt the server if one answers, else start one. Call it with the clients' lock held: nobody stops the server meanwhile.

    `fill` is called in place of `initdb`, where there is no data directory. It works from any state that the last server left,
    and returns the address only after a connection with our password. Raises EmbeddedPostgresError, OSError.
    """
    with _watchdog_started(placement.layout):
        return _ensure_answering(placement, durable=durable, deadline=deadline, fill=fill)


def _ensure_answering(placement: Placement, *, durable: bool, deadline: Deadline, fill: Fill | None) -> Address:
    layout = placement.layout
    sweep = OrphanSweep(layout.marker)
    address: Address | None = None
    fsync: str | None = None
    said = ""
    has_failed = False

    def answers() -> bool:
        nonlocal address, fsync, said, has_failed
        if not is_running(layout):
            try:
                _start(placement, durable=durable, deadline=deadline, fill=fill)
            except EmbeddedPostgresError:
                if has_failed:
                    raise
                has_failed = True  # someone may have killed it on its way: once more
        else:
            sweep()
        if address := address_of(layout):
            fsync, said = setting(address, "fsync")
        return fsync is not None or any(words in said for words in _PERMANENT_ERRORS)

    deadline.wait_until(answers)
    if address is None or fsync is None:
        log = last_lines(*layout.logs())
        raise failure(
            f"PostgreSQL on {layout.data} does not let us in.",
            said=f"{said}{log}",
            advice=advice_on(said) if said else "Look for a TaskHub process that hangs (was it suspended?), and end it.",
        )
    if durable and fsync != "on":
        raise failure(
            f"PostgreSQL on {layout.data} was started without durability (as for tests), so it may lose data.",
            advice="End the process that started it, then start again; or take fsync=off out of postgresql.conf.",
        )
    return address


def _start(placement: Placement, *, durable: bool, deadline: Deadline, fill: Fill | None) -> None:
    server_lock = FileLock(placement.layout.server_lock)
    if not server_lock.try_acquire():
        return  # another client is about to start it
    try:
        if placement.layout.data.exists():
            check_version(placement.layout)
            password_of(placement.layout)
        elif fill is not None:
            fill(placement.layout, server_lock)
        else:
            create_cluster(placement, durable=durable, server_lock=server_lock, deadline=deadline)
        launch(placement, durable=durable, server_lock=server_lock, deadline=deadline)
    finally:
        server_lock.release()


@contextmanager
def _watchdog_started(layout: Layout) -> Iterator[None]:
    """Start the watchdog unless one holds its lock, beside what the block does. It watches at the end of the block.

    If this process is killed before that, it finds nobody at the clients' lock and stops what the block has started. Raises
    EmbeddedPostgresError, OSError.
    """
    lock = FileLock(layout.watchdog_lock)
    if not lock.try_acquire():
        yield
        return
    lock.release()
    package_root = Path(__file__).parents[2]
    command = [sys.executable, "-P", "-m", _WATCHDOG, str(layout.folder)]
    settings = environment(PYTHONPATH=str(package_root))
    if sys.platform == "win32":
        subprocess.Popen(command, env=settings, creationflags=subprocess.DETACHED_PROCESS)  # noqa: S603  # A module of ours.
        yield
        return
    output: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    starting = subprocess.Popen(command, env=settings, cwd=os.sep, umask=0o077, start_new_session=True, **output)  # noqa: S603  # A module of ours.
    try:
        yield
    finally:
        _await_watchdog(starting)


def _await_watchdog(starting: subprocess.Popen[bytes]) -> None:
    """It returns when the watchdog holds its lock and has gone to the background."""
    with starting:
        try:
            said, _ = starting.communicate(timeout=_SECONDS_FOR_WATCHDOG)
        except subprocess.TimeoutExpired as error:
            starting.kill()
            raise failure(f"The watchdog of PostgreSQL did not start within {_SECONDS_FOR_WATCHDOG} s.") from error
    if starting.returncode > 0:  # below zero it was killed, which it may be at any time
        text = said.decode(errors="replace")
        raise failure("The watchdog that stops PostgreSQL after its last client did not start.", said=text)
