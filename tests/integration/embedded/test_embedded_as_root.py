"""As root: the server runs under another account, and nobody else's folder is opened for it."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integration.embedded.machine import Machine
from support.harness.waiting import PROGRAM_SECONDS
from taskhub.embedded import EmbeddedPostgresError, account, binaries_copy, placement, remove
from taskhub.embedded.binaries import Binaries, installed_binaries

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="root's concern, and looked at through /proc"
)


@pytest.fixture
def closed(reachable: Path) -> Iterator[Path]:
    """A folder that root alone may enter."""
    folder = reachable / "closed"
    folder.mkdir(mode=0o700)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def system_folder(reachable: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In the place of /var/lib/taskhub."""
    folder = reachable / "system"
    monkeypatch.setattr(placement, "SYSTEM_FOLDER", folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _permissions_kept(*folders: Path) -> Iterator[None]:
    watched = {path for folder in folders for path in (folder, *folder.parents)}
    before = {path: path.stat()[:6] for path in watched if path.exists()}
    yield
    mode_and_owner = {path: (status[0], status[4], status[5]) for path, status in before.items()}
    assert {path: (now.st_mode, now.st_uid, now.st_gid) for path in before if (now := path.stat())} == mode_and_owner


def _owner(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


def _program(pid: int) -> Path:
    return Path(f"/proc/{pid}/exe").readlink()


def test_the_server_runs_under_an_unprivileged_account(used: Machine) -> None:
    with _permissions_kept(used.data_dir, installed_binaries().tool("postgres")), used.server().running():
        assert _owner(used.postmaster) != 0
        assert _owner(used.postmaster) == used.layout.data.stat().st_uid
        assert used.layout.folder.stat().st_uid == 0


def test_data_out_of_the_accounts_reach_is_kept_elsewhere(
    closed: Path, system_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    machine = Machine(closed / "home" / "data")
    with _permissions_kept(closed):
        with caplog.at_level(logging.WARNING), machine.server().running() as address:
            machine.sql(address, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert list(machine.data_dir.iterdir()) == [machine.data_dir / placement.RECORD]
        folder = Path((machine.data_dir / placement.RECORD).read_text().splitlines()[0])
        assert folder.parent == system_folder / "clusters"
        assert [str(folder) in record.message for record in caplog.records] == [True]

        with machine.server().running() as address:
            assert machine.sql(address, "SELECT answer FROM kept") == "42"
        assert len(caplog.records) == 1

    folder.rename(folder.with_name("moved"))
    with pytest.raises(EmbeddedPostgresError, match=r"that folder is gone(?s:.)*Bring it back"):
        machine.server().start()


def test_data_that_is_kept_elsewhere_is_removed_there_as_well(closed: Path, system_folder: Path) -> None:
    machine = Machine(closed / "home" / "data")
    with machine.server().running():
        (folder,) = (system_folder / "clusters").iterdir()
    remove(machine.data_dir)
    assert not folder.exists()
    assert not machine.data_dir.exists()
    assert machine.data_dir.parent.exists()


def test_data_that_got_out_of_reach_is_not_begun_anew(used: Machine, closed: Path, system_folder: Path) -> None:
    moved = used.data_dir.rename(closed / "data")
    try:
        with pytest.raises(EmbeddedPostgresError, match="can't reach"):
            Machine(moved).server().start()
        assert not system_folder.exists()
    finally:
        moved.rename(used.data_dir)


def test_binaries_out_of_the_accounts_reach_are_copied_once(
    used: Machine, closed: Path, system_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = Binaries(closed / "site-packages")
    for file in binaries_copy.listed_files():
        (installed.site / file.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(installed_binaries().site / file.path, installed.site / file.path)
    monkeypatch.setattr(placement, "installed_binaries", lambda: installed)
    interrupted = system_folder / ".copying-interrupted"
    interrupted.mkdir(parents=True)
    system_folder.chmod(0o755)

    with _permissions_kept(installed.tool("postgres")):
        with used.server().running():
            program = _program(used.postmaster)
        (copy,) = (path for path in system_folder.iterdir() if path.is_dir() and path.name != "clusters")
        assert program == Binaries(copy).tool("postgres")
        assert not interrupted.exists()

        copied_at = program.stat().st_mtime_ns
        with used.server().running():
            assert _program(used.postmaster) == program
        assert program.stat().st_mtime_ns == copied_at

        program.write_bytes(program.read_bytes()[:1000])
        with used.server().running():
            assert _program(used.postmaster) == program

        shutil.rmtree(copy)
        installed.tool("pg_dump").write_bytes(b"tampered")
        with pytest.raises(EmbeddedPostgresError, match="not the file that the wheel carried"):
            used.server().start()


def test_a_system_folder_of_someone_else_is_not_trusted(closed: Path, system_folder: Path) -> None:
    system_folder.mkdir()
    os.chown(system_folder, 65534, 65534)

    with pytest.raises(EmbeddedPostgresError, match="root may not trust it"):
        Machine(closed / "data").server().start()


def test_a_link_or_a_record_does_not_lead_root_astray(machine: Machine, closed: Path) -> None:
    machine.data_dir.mkdir()
    machine.layout.folder.symlink_to(closed)
    with _permissions_kept(closed), pytest.raises(EmbeddedPostgresError, match="is a link"):
        machine.server().start()
    machine.layout.folder.unlink()

    (machine.data_dir / placement.RECORD).write_text(f"{closed}\n")
    with _permissions_kept(closed), pytest.raises(EmbeddedPostgresError, match="can't be a folder of the embedded"):
        machine.server().start()


def test_without_an_account_of_its_own_it_is_nobody(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(account, "NAME", "taskhub-missing")
    monkeypatch.setattr(account, "which", lambda _: None)

    assert account.server_account().name == "nobody"
    assert "taskhub-missing" in caplog.text


def test_an_ordinary_user_keeps_everything_in_the_data_folder(machine: Machine) -> None:
    someone = account.Account("nobody", 65534, 65534)
    python = next(filter(lambda path: _can_run(path, someone), (Path(sys.executable), Path("/usr/bin/python3"))), None)
    if python is None:
        pytest.skip("another account can't run any Python 3.11 here, or can't read the packages")
    os.chown(machine.data_dir.parent, someone.uid, someone.gid)
    machine.data_dir.parent.chmod(0o700)
    script = (
        "import sys; from pathlib import Path; from taskhub.embedded import EmbeddedPostgres\n"
        "with EmbeddedPostgres(Path(sys.argv[1]), durable=False).running() as address: print(address.host)"
    )

    done = _as(someone, python, script, str(machine.data_dir))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(machine.layout.sockets)
    assert {path.stat().st_uid for path in machine.data_dir.rglob("*")} == {someone.uid}
    assert machine.data_dir.stat().st_mode & 0o777 == 0o700

    with pytest.raises(EmbeddedPostgresError, match="belongs to the account 'nobody'"):
        machine.server().start()


def _can_run(python: Path, someone: account.Account) -> bool:
    try:
        return (
            _as(
                someone, python, "import sys, taskhub.embedded as e; e.tool('postgres'); assert sys.version_info >= (3, 11)"
            ).returncode
            == 0
        )
    except OSError:
        return False


def _as(someone: account.Account, python: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(python), "-c", script, *arguments],
        user=someone.uid,
        group=someone.gid,
        extra_groups=[],
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )
