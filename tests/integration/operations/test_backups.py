"""A backup is everything that a deployment is, in one file."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.harness.program import TASKHUB, Installation, Served
from support.harness.waiting import PROGRAM_SECONDS

EMAIL = "ada@example.com"


@pytest.fixture(scope="module")
def token(served: Served) -> str:
    """The credential of somebody who signed in before the backup."""
    served.sign_up(EMAIL)
    assert served.sign_in(EMAIL)
    return str(served.client.headers["authorization"])


@pytest.fixture(scope="module")
def backup(installation: Installation, token: str) -> Path:
    """Made while the service runs."""
    file = installation.folder / "backup.tar"
    done = installation.run("backup", str(file))
    assert (done.returncode, done.stderr) == (0, "")
    return file


def test_only_its_owner_can_read_it(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600


@pytest.fixture(scope="module")
def restored(backup: Path, new_installation: Callable[..., Installation]) -> Installation:
    """Another deployment, from that backup."""
    elsewhere = new_installation()
    done = elsewhere.run("restore", str(backup))
    assert (done.returncode, done.stderr) == (0, "")
    return elsewhere


def test_it_takes_the_place_of_nothing_unasked(backup: Path, restored: Installation) -> None:
    done = restored.run("restore", str(backup))
    assert done.returncode == 1
    assert "has content already" in done.stderr
    assert restored.run("restore", str(backup), "--replace").returncode == 0


def test_what_was_signed_before_it_is_believed_where_it_was_restored_and_the_secret_rotated(
    restored: Installation, token: str
) -> None:
    assert restored.run("secret", "rotate").returncode == 0
    with restored.serving() as served:
        answer = served.client.get("/v1/users/me", headers={"authorization": token})
        assert answer.json()["email"] == EMAIL


def test_it_is_not_restored_under_a_running_service(backup: Path, installation: Installation) -> None:
    refused = installation.run("restore", str(backup), "--replace")
    assert refused.returncode == 1
    assert "taskhub serve" in refused.stderr


def test_an_existing_file_is_not_written_over(backup: Path, installation: Installation) -> None:
    assert installation.run("backup", str(backup)).returncode == 1


def test_another_file_is_refused(new_installation: Callable[..., Installation]) -> None:
    somewhere = new_installation()
    other = somewhere.folder / "other.tar"
    command = ["tar", "-cf", str(other), "-C", str(somewhere.folder), "."]
    subprocess.run(command, capture_output=True, timeout=PROGRAM_SECONDS, check=False)
    for file in (other, Path(__file__)):
        done = somewhere.run("restore", str(file))
        assert done.returncode == 1
        assert "was not made by `taskhub backup`" in done.stderr


def test_one_flipped_bit_is_noticed_and_leaves_nothing(backup: Path, new_installation: Callable[..., Installation]) -> None:
    elsewhere = new_installation()
    damaged = bytearray(backup.read_bytes())
    damaged[len(damaged) // 2] ^= 4
    file = elsewhere.folder / "damaged.tar"
    file.write_bytes(damaged)
    refused = elsewhere.run("restore", str(file))
    assert refused.returncode == 1
    assert "is damaged" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (elsewhere.folder / "data").exists()
    assert elsewhere.run("restore", str(backup)).returncode == 0


def test_a_restore_that_was_killed_is_done_again_before_it_serves(
    backup: Path, new_installation: Callable[..., Installation], token: str
) -> None:
    elsewhere = new_installation()
    mark = elsewhere.folder / "data" / "postgres" / "restoring"
    killed = elsewhere.start([*TASKHUB, "restore", str(backup)])
    killed.wait_until(mark.exists)
    killed.end(signal.SIGKILL)
    with elsewhere.start() as served:
        assert served.process.wait(60) == 1
        assert "`taskhub restore` again" in served.log
    assert elsewhere.run("restore", str(backup)).returncode == 0
    with elsewhere.serving() as served:
        assert served.client.get("/v1/users/me", headers={"authorization": token}).json()["email"] == EMAIL


def test_a_backup_that_was_killed_leaves_no_file_that_looks_whole(
    installation: Installation, served: Served, new_installation: Callable[..., Installation]
) -> None:
    folder = new_installation().folder
    killed = installation.start([*TASKHUB, "backup", str(folder / "backup.tar")])
    killed.wait_until(lambda: any(folder.rglob("*.dump*")))
    killed.end(signal.SIGKILL)
    assert not (folder / "backup.tar").exists()
    assert not [file for file in folder.rglob("*.tar") if file.is_file()]
    assert installation.run("backup", str(folder / "backup.tar")).returncode == 0
