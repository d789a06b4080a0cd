"""The embedded database in one file and back."""

from __future__ import annotations

import errno
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from integration.embedded.machine import Client, Machine
from taskhub.embedded import Address, EmbeddedPostgres, EmbeddedPostgresError, back_up, backup, restore
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


def _damaged(saved: tuple[Path, str], target: Path) -> Path:
    """A backup of which the beginning can be read, and what comes later can't."""
    content = bytearray(saved[0].read_bytes())
    place = len(content) * 2 // 3
    content[place : place + 64] = bytes(byte ^ 0xFF for byte in content[place : place + 64])
    target.write_bytes(content)
    return target


def test_after_a_damaged_backup_a_new_folder_is_gone_again(machine: Machine, saved: tuple[Path, str]) -> None:
    damaged = _damaged(saved, machine.data_dir.parent / "damaged")
    with pytest.raises(EmbeddedPostgresError, match="could not be restored"):
        restore(machine.data_dir, damaged, replace=False)
    assert not machine.data_dir.exists()
    restore(machine.data_dir, saved[0], replace=False)


def test_a_folder_that_was_there_and_empty_is_there_and_empty(machine: Machine, saved: tuple[Path, str]) -> None:
    machine.data_dir.mkdir(mode=0o711)
    machine.data_dir.joinpath("notes.txt").write_text("mine")
    with pytest.raises(EmbeddedPostgresError, match="could not be restored"):
        restore(machine.data_dir, _damaged(saved, machine.data_dir.parent / "damaged"), replace=False)
    assert [file.name for file in machine.data_dir.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("step", ["_restore_into_staging", "_swap", "_staged_files"])
def test_whatever_fails_in_a_new_folder_leaves_nothing(
    machine: Machine, saved: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(backup, step, full)
        with pytest.raises(EmbeddedPostgresError, match=r"No space left[\s\S]*Free space"):
            restore(machine.data_dir, saved[0], replace=False)
    assert not machine.data_dir.exists()
    assert machine.eventually(lambda: not machine.watchdogs())


@pytest.mark.parametrize("step", ["_restore_into_staging", "_swap", "_staged_files"])
def test_whatever_fails_where_something_was_leaves_that(
    used: Machine, saved: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(backup, step, full)
        with pytest.raises(EmbeddedPostgresError, match="No space left"):
            restore(used.data_dir, saved[0], replace=True)
    assert _is_unchanged(used)


class Killed(BaseException):
    """What is left after it is what a kill would leave: nothing is put in order."""


def test_a_replacement_that_was_killed_before_it_replaced_anything_leaves_the_old_content(
    damageable: Machine, saved: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = backup._restore_into_staging

    def killed(source: Path, address: Address, tried: str) -> None:
        real(source, address, tried)
        raise Killed

    with monkeypatch.context() as death:
        death.setattr(backup, "_restore_into_staging", killed)
        with pytest.raises(Killed):
            restore(damageable.data_dir, saved[0], replace=True)
    with EmbeddedPostgres(damageable.data_dir).running() as address:
        assert damageable.sql(address, "SELECT answer FROM kept") == "42"


def test_a_replacement_that_was_killed_before_all_had_changed_has_to_be_done_again(
    damageable: Machine, saved: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(draft: Path, target: Path) -> None:
        raise Killed

    secret = damageable.data_dir.parent / "new"
    secret.write_text("new")
    with monkeypatch.context() as death:
        death.setattr(Path, "replace", killed)
        with pytest.raises(Killed):
            restore(damageable.data_dir, saved[0], replace=True, files={"secret": secret})
    with pytest.raises(EmbeddedPostgresError, match="interrupted"), damageable.server().running():
        pass
    restore(damageable.data_dir, saved[0], replace=True, files={"secret": secret})
    assert (damageable.data_dir / "secret").read_text() == "new"


@pytest.mark.parametrize("step", ["_restore_into_staging", "_swap"])
def test_a_restore_that_was_killed_has_to_be_done_again_before_anything_starts(
    machine: Machine, saved: tuple[Path, str], monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    real = getattr(backup, step)

    def killed(*arguments: object) -> None:
        real(*arguments)
        raise Killed

    with monkeypatch.context() as death:
        death.setattr(backup, step, killed)
        death.setattr(backup, "_roll_back", lambda *_, **__: None)
        with pytest.raises(Killed):
            restore(machine.data_dir, saved[0], replace=False)
    with pytest.raises(EmbeddedPostgresError, match=r"interrupted[\s\S]*`taskhub restore` again"), machine.server().running():
        pass
    with pytest.raises(EmbeddedPostgresError, match="interrupted"):
        back_up(machine.data_dir, machine.data_dir.parent / "half")
    restore(machine.data_dir, saved[0], replace=False)
    with EmbeddedPostgres(machine.data_dir).running() as address:
        assert machine.sql(address, _DIGEST) == saved[1]


def test_files_change_with_the_database(damageable: Machine, saved: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "new").write_text("new")
    (damageable.data_dir / "secret").write_text("old")
    restore(damageable.data_dir, saved[0], replace=True, files={"secret": tmp_path / "new"})
    secret = damageable.data_dir / "secret"
    assert (secret.read_text(), stat.S_IMODE(secret.stat().st_mode)) == ("new", 0o600)
    assert sorted(file.name for file in damageable.data_dir.iterdir()) == ["postgres", "secret"]


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
