"""What the embedded server can't do, it says clearly, with the way out."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from integration.embedded.machine import Machine
from taskhub.embedded import EmbeddedPostgres, EmbeddedPostgresError, cluster
from taskhub.embedded.locks import FileLock


@contextmanager
def _changed(file: Path, content: bytes) -> Iterator[None]:
    before = file.read_bytes()
    file.write_bytes(content)
    yield
    file.write_bytes(before)


@contextmanager
def _missing(file: Path) -> Iterator[None]:
    aside = file.rename(file.with_name("aside"))
    yield
    aside.rename(file)


def _refuses(machine: Machine, words: str) -> None:
    with pytest.raises(EmbeddedPostgresError, match=rf"(?s){words}"):
        machine.server().start()


def test_data_of_another_major_version(used: Machine) -> None:
    with _changed(used.layout.data / "PG_VERSION", b"17\n"):
        _refuses(used, "PostgreSQL 17.*PostgreSQL 18.*taskhub backup")


def test_a_folder_that_is_no_data_directory(used: Machine) -> None:
    with _missing(used.layout.data / "PG_VERSION"):
        _refuses(used, "no PG_VERSION")


def test_a_lost_password(used: Machine) -> None:
    with _missing(used.layout.password):
        _refuses(used, "Bring the file back")


def test_a_wrong_password_is_told_at_once(used: Machine) -> None:
    with _changed(used.layout.password, b"wrong\n"):
        began = time.monotonic()
        _refuses(used, "authentication failed.*Put the file `password`")
        assert time.monotonic() - began < 15  # half of what it may take to start


def test_a_broken_configuration_shows_the_servers_own_words(used: Machine) -> None:
    configuration = used.layout.data / "postgresql.conf"
    with _changed(configuration, configuration.read_bytes() + b"\nno_such_setting = on\n"):
        _refuses(used, r"did not start.*no_such_setting.*postgresql\.conf")


def test_damaged_data_says_to_restore(used: Machine) -> None:
    control = used.layout.data / "global" / "pg_control"
    with _changed(control, bytes(64) + control.read_bytes()[64:]):
        _refuses(used, "did not start.*restore the latest backup")


def test_a_volume_without_space(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(cluster, "disk_usage", lambda _: Usage(free=10 * 1024**2))

    _refuses(machine, "10 MB of free space.*needs 200 MB.*another volume")


def test_a_file_where_the_folder_should_be(machine: Machine) -> None:
    machine.data_dir.write_text("")

    _refuses(machine, "could not be started.*File exists")


def test_a_process_that_hangs_while_it_starts_the_server(used: Machine) -> None:
    starting = FileLock(used.layout.server_lock)
    assert starting.try_acquire()
    try:
        with pytest.raises(EmbeddedPostgresError, match=r"(?s)does not let us in.*process that hangs"):
            used.server(start_timeout=0.1).start()
    finally:
        starting.release()


def test_a_durable_client_refuses_a_server_that_is_not(used: Machine) -> None:
    with used.server().running(), pytest.raises(EmbeddedPostgresError, match="without durability"):
        EmbeddedPostgres(used.data_dir).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_account(used: Machine) -> None:
    before = used.layout.folder.stat()
    os.chown(used.layout.folder, 65534, 65534)
    try:
        _refuses(used, "belongs to the account.*Run TaskHub under that account")
    finally:
        os.chown(used.layout.folder, before.st_uid, before.st_gid)
