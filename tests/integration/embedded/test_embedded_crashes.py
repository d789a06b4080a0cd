"""Whatever is killed, the next start succeeds and finds what was committed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from integration.embedded.machine import Client, Machine
from support.harness.waiting import PATIENCE_SECONDS
from taskhub.embedded import Address, EmbeddedPostgres, EmbeddedPostgresError, startup, tool
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import failure
from taskhub.embedded.locks import FileLock, is_held
from taskhub.embedded.placement import Placement
from taskhub.embedded.postmaster import launch
from taskhub.embedded.subprocesses import environment


def _busy_backend(machine: Machine, address: Address) -> subprocess.Popen[bytes]:
    """A connection whose work never ends and never looks for its postmaster."""
    login = {"PGHOST": address.host, "PGPORT": str(address.port), "PGUSER": "taskhub", "PGPASSWORD": address.password}
    command = [str(tool("psql")), "-X", "-d", "taskhub", "-c", "DO $$ BEGIN LOOP END LOOP; END $$"]
    busy = subprocess.Popen(command, env=environment(**login), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'DO %'"
    assert machine.eventually(lambda: machine.sql(address, running) == "1")
    return busy


def test_a_killed_postmaster_and_its_busy_orphan(used: Machine) -> None:
    with EmbeddedPostgres(used.data_dir).running() as address:
        used.sql(address, "CREATE TABLE committed AS SELECT 43 AS answer")
        busy = _busy_backend(used, address)
        used.kill(used.postmaster)
        assert used.eventually(lambda: not used.processes().postmasters)
        assert used.processes().children
        assert is_held(used.layout.server_lock)

        with EmbeddedPostgres(used.data_dir).running() as restarted:
            assert used.sql(restarted, "SELECT answer FROM committed") == "43"
        used.sql(address, "DROP TABLE committed")  # the client from before is served again too
        busy.wait(PATIENCE_SECONDS)
    assert used.is_down()


def test_the_last_client_cleans_up_after_a_killed_postmaster(used: Machine) -> None:
    with used.server().running() as address:
        busy = _busy_backend(used, address)
        used.kill(used.postmaster)
    busy.wait(PATIENCE_SECONDS)

    assert used.is_down()


def test_a_killed_watchdog_is_replaced(used: Machine, client: Callable[[Machine], Client]) -> None:
    first = client(used)
    first.wait_until_started()
    used.kill(*used.watchdogs())
    assert used.eventually(lambda: not used.watchdogs())
    first.kill()
    assert not used.is_down()

    second = client(used)
    second.wait_until_started()
    assert len(used.watchdogs()) == 1
    second.kill()
    assert used.eventually(used.is_forgotten)


def test_a_watchdog_outlives_the_signals_that_end_services(used: Machine, client: Callable[[Machine], Client]) -> None:
    first = client(used)
    first.wait_until_started()
    (watchdog,) = used.watchdogs()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(watchdog, sign)
    first.kill()

    assert used.eventually(used.is_forgotten)


def test_the_last_client_needs_no_watchdog(used: Machine) -> None:
    with used.server().running():
        used.kill(*used.watchdogs())

    assert used.is_down()


def test_everything_killed_at_once(used: Machine, client: Callable[[Machine], Client]) -> None:
    first = client(used)
    first.wait_until_started()
    running = used.processes()
    used.kill(*used.watchdogs(), *running.postmasters, *running.children)
    first.kill()
    assert used.layout.postmaster_pid.exists()

    with used.server().running() as address:
        assert used.sql(address, "SELECT answer FROM kept") == "42"


def test_a_stale_pid_that_is_an_innocent_process_now(used: Machine) -> None:
    owner = used.layout.data.stat()
    user = owner.st_uid if os.geteuid() == 0 else None
    innocent = subprocess.Popen(["sleep", "600"], user=user)
    try:
        with used.server().running() as address:
            socket_folder = address.host
            note = used.layout.postmaster_pid.read_text()
        stale = note.replace(note.split()[0], str(innocent.pid), 1)
        used.layout.postmaster_pid.write_text(stale)
        lock = used.layout.sockets / ".s.PGSQL.5432.lock"
        lock.write_text(stale)
        for file in (used.layout.postmaster_pid, lock):
            os.chown(file, owner.st_uid, owner.st_gid)

        with used.server().running() as address:
            assert address.host == socket_folder
            assert used.sql(address, "SELECT answer FROM kept") == "42"
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait(PATIENCE_SECONDS)


def test_a_client_killed_while_it_makes_the_data_directory(machine: Machine, client: Callable[[Machine], Client]) -> None:
    first = client(machine)
    assert machine.eventually((machine.layout.making / "data" / "base").exists)
    (initdb,) = machine.commands(f"initdb --pgdata={machine.layout.making}")
    os.kill(initdb, signal.SIGSTOP)
    first.kill()
    assert machine.eventually(lambda: not machine.watchdogs())
    half_made = machine.layout.making.stat().st_ino
    with pytest.raises(EmbeddedPostgresError):
        machine.server(start_timeout=0.2).start()
    assert machine.layout.making.stat().st_ino == half_made  # it is not taken away from under the program
    os.kill(initdb, signal.SIGCONT)

    with machine.server().running() as address:
        assert machine.sql(address, "SELECT 1") == "1"
    assert not machine.layout.making.exists()


def test_a_half_made_data_directory_is_made_anew(machine: Machine) -> None:
    half = machine.layout.making / "data" / "base"
    half.mkdir(parents=True)
    (half.parent / "PG_VERSION").write_text("18\n")
    machine.data_dir.chmod(0o711)

    with machine.server().running() as address:
        assert machine.sql(address, "SELECT 1") == "1"


def test_a_client_killed_while_the_server_starts(used: Machine, client: Callable[[Machine], Client]) -> None:
    first = client(used)
    assert used.eventually(lambda: bool(used.processes().postmasters))
    first.kill()

    with used.server().running() as address:
        assert used.sql(address, "SELECT answer FROM kept") == "42"


def test_a_client_killed_before_its_watchdog_watches(used: Machine, tmp_path: Path) -> None:
    go, late = tmp_path / "go", tmp_path / "late-python"
    late.write_text(f'#!/bin/sh\nuntil [ -e {go} ]; do sleep 0.01; done\nexec {sys.executable} "$@"\n')
    late.chmod(0o755)
    first = Client.of(used, f"import sys; sys.executable = {str(late)!r}")
    assert used.eventually(lambda: bool(used.processes().postmasters)), "the server waits for the watchdog"
    first.kill()
    assert not used.is_down()
    go.touch()

    assert used.eventually(used.is_forgotten)


def test_a_watchdog_that_does_not_start_stops_the_start(used: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "_WATCHDOG", "taskhub.embedded.no_such_module")

    with pytest.raises(EmbeddedPostgresError, match=r"watchdog(?s:.)*did not start(?s:.)*no_such_module"):
        used.server().start()
    assert used.is_down()


def test_a_server_killed_while_it_starts_is_started_again(used: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    failures = iter([failure("PostgreSQL did not start.")])

    def killed_once(placement: Placement, *, durable: bool, server_lock: FileLock, deadline: Deadline) -> None:
        if error := next(failures, None):
            raise error
        launch(placement, durable=durable, server_lock=server_lock, deadline=deadline)

    monkeypatch.setattr(startup, "launch", killed_once)

    with used.server().running() as address:
        assert used.sql(address, "SELECT answer FROM kept") == "42"


def test_a_server_that_only_seems_to_run_is_not_adopted(used: Machine) -> None:
    with used.server().running():
        note = used.layout.postmaster_pid.read_text()
    assert used.eventually(used.is_forgotten)
    used.layout.postmaster_pid.write_text(note)
    seeming = FileLock(used.layout.server_lock)
    assert seeming.try_acquire()
    began = time.monotonic()
    try:
        with pytest.raises(EmbeddedPostgresError, match="does not let us in"):
            used.server(start_timeout=0.3).start()
    finally:
        used.layout.postmaster_pid.unlink()
        seeming.release()
    assert time.monotonic() - began < 15


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux flushes a file system with one call")
def test_after_a_crash_all_files_are_flushed_at_once(used: Machine) -> None:
    """One by one they take seconds, most of the time that a restart after a crash takes the database."""
    with EmbeddedPostgres(used.data_dir).running() as address:
        assert used.sql(address, "SHOW recovery_init_sync_method") == "syncfs"
