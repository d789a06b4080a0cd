"""Folders go with the last process that holds them, however it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.harness.waiting import PROGRAM_SECONDS
from taskhub.testing.held_folders import SECONDS_TO_END, HeldFolder, lock_of, own_folder, remove_files, remove_unused

KILLED = """
import os, signal, sys
from pathlib import Path
from taskhub.testing.held_folders import own_folder, remove_files

with own_folder(Path(sys.argv[1]), remove_files) as folder:
    folder.mkdir()
    (folder / "secret").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def held(tmp_path: Path) -> HeldFolder:
    held = HeldFolder(tmp_path / "of.a run")
    assert held.try_hold(shared=True)
    held.folder.mkdir()
    return held


def test_one_that_somebody_holds_stays(held: HeldFolder, tmp_path: Path) -> None:
    remove_unused(tmp_path, remove_files)
    assert held.folder.exists()
    held.release()
    remove_unused(tmp_path, remove_files)
    assert list(tmp_path.iterdir()) == []


def test_the_last_of_several_removes_it(held: HeldFolder) -> None:
    other = HeldFolder(held.folder)
    assert other.try_hold(shared=True)
    held.release()
    held.try_remove(remove_files)
    assert held.folder.exists()
    other.release()
    other.try_remove(remove_files)
    assert not held.folder.exists()


def test_whoever_removes_it_has_it_alone(held: HeldFolder) -> None:
    held.release()
    found = []

    def remove(folder: Path, patience: float) -> bool:
        found.append(HeldFolder(folder).try_hold(shared=True))
        return remove_files(folder, patience)

    held.try_remove(remove)
    assert found == [False]


def test_what_can_not_be_removed_is_left_for_the_next_one(held: HeldFolder) -> None:
    held.release()
    held.try_remove(lambda folder, patience: False)
    assert held.folder.exists()
    assert lock_of(held.folder).exists()
    assert held.try_hold()


def test_the_lock_of_a_folder_that_was_removed_meanwhile_holds_nothing(held: HeldFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process may open the file just before it is removed."""
    late = HeldFolder(held.folder)
    acquire = late._lock.try_acquire

    def removed_meanwhile(*, shared: bool = False) -> bool:
        taken = acquire(shared=shared)
        lock_of(held.folder).unlink()
        return taken

    held.release()
    monkeypatch.setattr(late._lock, "try_acquire", removed_meanwhile)
    assert not late.try_hold()
    assert not late._lock.is_taken


def test_what_a_killed_process_has_left_goes_with_the_next_one(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], timeout=PROGRAM_SECONDS, check=False)
    assert list(tmp_path.glob("*/secret"))
    with own_folder(tmp_path, remove_files) as folder:
        assert [one.name for one in tmp_path.iterdir()] == [lock_of(folder).name]
    assert list(tmp_path.iterdir()) == []


def test_whoever_leaves_waits_for_processes_of_its_own_alone(tmp_path: Path) -> None:
    """Those of another run that was killed may take long, and go with the next one."""
    left = HeldFolder(tmp_path / "left")
    assert left.try_hold()
    left.release()
    waited = {}

    def remove(folder: Path, patience: float) -> bool:
        waited[folder.name] = patience
        return True

    with own_folder(tmp_path, remove) as own:
        pass
    assert waited == {"left": 0, own.name: SECONDS_TO_END}
