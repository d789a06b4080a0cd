"""Folders that are used for as long as somebody holds their lock, and removed when nobody does: also after a kill.

The lock of a folder is a file beside it, so that it can be taken before the folder is there, and while it is removed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from taskhub.embedded.deadline import Deadline
from taskhub.embedded.locks import FileLock

Remove = Callable[[Path, float], bool]
"""Removes a folder. Whether it could: a process may still need it, whose end is waited for so many seconds."""
SUFFIX = ".lock"
SECONDS_TO_HOLD = 5.0
"""Who looks for what is unused may have it for a moment."""
SECONDS_TO_END = 30.0
"""For processes that used it."""


class HeldFolder:
    """One folder. ``try_hold`` makes neither the folder nor what is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(lock_of(folder))

    def try_hold(self, *, shared: bool = False) -> bool:
        """Whether it is held now. Raises OSError where files can't be locked."""
        if not self._lock.try_acquire(shared=shared):
            return False
        if self._is_there():
            return True
        self._lock.release()  # Whoever has removed the folder has removed the file of the lock as well.
        return False

    def release(self) -> None:
        self._lock.release()

    def try_remove(self, remove: Remove, patience: float = 0) -> None:
        """Removes the folder unless it is held. What can't be removed stays for the next one."""
        with suppress(OSError):
            if not self.try_hold():
                return
            try:
                if remove(self.folder, patience):
                    lock_of(self.folder).unlink()
            finally:
                self.release()

    def _is_there(self) -> bool:
        try:
            there = lock_of(self.folder).stat()
        except FileNotFoundError:
            return False
        ours = os.fstat(self._lock.fileno())
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


@contextmanager
def own_folder(place: Path, remove: Remove) -> Iterator[Path]:
    """The name of a new folder of this process, for as long as the block lasts.

    What processes that were killed have left in this place goes first.

    Raises:
        OSError
    """
    held = HeldFolder(place / uuid4().hex[:16])
    place.mkdir(parents=True, exist_ok=True)
    remove_unused(place, remove)
    if not Deadline(SECONDS_TO_HOLD).wait_until(held.try_hold):
        raise OSError(f"{lock_of(held.folder)} is new and can't be locked")
    try:
        yield held.folder
    finally:
        held.release()
        held.try_remove(remove, SECONDS_TO_END)


def lock_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}{SUFFIX}")


def remove_unused(place: Path, remove: Remove) -> None:
    """Removes the folders in a place that nobody holds."""
    for lock in place.glob(f"*{SUFFIX}"):
        HeldFolder(lock.with_name(lock.name.removesuffix(SUFFIX))).try_remove(remove)


def remove_files(folder: Path, patience: float) -> bool:
    """A folder of plain files."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()
