"""The embedded database in one file and back."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from integration.embedded.machine import Client, Machine
from taskhub.embedded import Address, EmbeddedPostgres, EmbeddedPostgresError, back_up, restore
from taskhub.embedded.commands import query

_FILL = """
CREATE TABLE tasks (id uuid PRIMARY KEY, title text COLLATE "C" NOT NULL, labels text[], body jsonb, at timestamptz);
INSERT INTO tasks SELECT gen_random_uuid(), 'Zürich ✓ ' || n, ARRAY['a', NULL, n::text], jsonb_build_object('n', n),
    timestamptz '2026-01-01 00:00:00.123456Z' + n * interval '1 hour' FROM generate_series(1, 2000) n;
CREATE INDEX tasks_at ON tasks (at);
"""
_DIGEST = "SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM tasks t"
_DATABASES = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate"


@pytest.fixture(scope="module")
def saved(reachable: Path, table: Path) -> tuple[Path, str]:
    """A backup that was taken while the service ran, and the digest of what was in it."""
    target = reachable / "taskhub.backup"
    with EmbeddedPostgres(table).running() as address:
        _sql(address, _FILL)
        digest = _sql(address, _DIGEST)
        back_up(table, target)
        _sql(address, "DROP TABLE tasks")
    return target, digest


def _sql(address: Address, statement: str) -> str:
    done = query(statement, address=address)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _is_unchanged(machine: Machine) -> bool:
    with EmbeddedPostgres(machine.data_dir).running() as address:
        databases = machine.sql(address, _DATABASES)
        return machine.sql(address, "SELECT answer FROM kept") == "42" and databases == "postgres taskhub"


def test_a_backup_goes_into_a_fresh_folder(machine: Machine, saved: tuple[Path, str]) -> None:
    source, digest = saved
    restore(machine.data_dir, source, replace=False)

    assert machine.is_down()
    with EmbeddedPostgres(machine.data_dir).running() as address:
        assert machine.sql(address, _DIGEST) == digest
        assert machine.sql(address, "SELECT indexdef FROM pg_indexes WHERE indexname = 'tasks_at'")


def test_a_backup_is_whole_and_private(saved: tuple[Path, str]) -> None:
    target, _ = saved

    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert not list(target.parent.glob(f".{target.name}*"))


def test_content_is_replaced_only_on_request(damageable: Machine, saved: tuple[Path, str]) -> None:
    source, digest = saved
    with pytest.raises(EmbeddedPostgresError, match="content already"):
        restore(damageable.data_dir, source, replace=False)
    assert _is_unchanged(damageable)

    with EmbeddedPostgres(damageable.data_dir).running() as address:
        damageable.sql(address, "CREATE TABLE later ()")
        damageable.sql(address, "CREATE DATABASE taskhub_restoring")  # left by an interrupted restore, as is the next
        damageable.sql(address, "CREATE DATABASE taskhub_replaced")
    restore(damageable.data_dir, source, replace=True)
    with EmbeddedPostgres(damageable.data_dir).running() as address:
        assert damageable.sql(address, _DIGEST) == digest
        assert damageable.sql(address, "SELECT to_regclass('later') IS NULL") == "t"
        assert damageable.sql(address, _DATABASES) == "postgres taskhub"


def test_a_damaged_backup_changes_nothing(used: Machine, saved: tuple[Path, str]) -> None:
    source, _ = saved
    content = source.read_bytes()
    damaged = used.data_dir.parent / "damaged"
    damaged.write_bytes(content[: len(content) * 2 // 3])

    with pytest.raises(EmbeddedPostgresError, match="could not be restored"):
        restore(used.data_dir, damaged, replace=True)
    assert _is_unchanged(used)


def test_a_file_that_is_no_backup_is_refused_before_anything_starts(machine: Machine) -> None:
    machine.data_dir.parent.joinpath("notes.txt").write_text("buy milk\n")

    with pytest.raises(EmbeddedPostgresError, match=r"(?s)not .*archive.*taskhub backup"):
        restore(machine.data_dir, machine.data_dir.parent / "notes.txt", replace=False)
    assert not machine.data_dir.exists()


def test_nothing_is_restored_under_a_running_service(
    used: Machine, client: Callable[[Machine], Client], saved: tuple[Path, str]
) -> None:
    client(used).wait_until_started()

    with pytest.raises(EmbeddedPostgresError, match="Other processes use PostgreSQL"):
        restore(used.data_dir, saved[0], replace=True)


def test_there_must_be_something_to_back_up(machine: Machine) -> None:
    with pytest.raises(EmbeddedPostgresError, match="no database yet"):
        back_up(machine.data_dir, machine.data_dir.parent / "x")
    assert not machine.data_dir.exists()


def test_a_backup_overwrites_nothing(used: Machine) -> None:
    target = used.data_dir.parent / "x"
    target.write_text("precious")

    with pytest.raises(EmbeddedPostgresError, match="exists already"):
        back_up(used.data_dir, target)
    assert target.read_text() == "precious"


def test_a_backup_needs_a_folder_to_go_to(used: Machine) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"could not be backed up.*\n.*\n.*No such file"):
        back_up(used.data_dir, used.data_dir.parent / "missing" / "x")
