"""A backup is everything that a deployment is, in one file."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.program import Installation, Served

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
    subprocess.run(["tar", "-cf", other, "-C", somewhere.folder, "."], check=False, capture_output=True)
    for file in (other, Path(__file__)):
        done = somewhere.run("restore", str(file))
        assert done.returncode == 1
        assert "was not made by `taskhub backup`" in done.stderr
