"""File locks, which the operating system releases when their holder dies, however it dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import failure

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _FAIL_IMMEDIATELY = 0x1
    _EXCLUSIVE = 0x2
    _LOCK_VIOLATION = 33

    class _Overlapped(ctypes.Structure):
        _fields_ = [
            ("internal", ctypes.c_void_p),
            ("internal_high", ctypes.c_void_p),
            ("offset", wintypes.DWORD),
            ("offset_high", wintypes.DWORD),
            ("event", wintypes.HANDLE),
        ]

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)

    def _open(path: Path) -> int:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def _lock(descriptor: int, *, shared: bool, wait: bool) -> bool:
        flags = (0 if shared else _EXCLUSIVE) | (0 if wait else _FAIL_IMMEDIATELY)
        handle = wintypes.HANDLE(msvcrt.get_osfhandle(descriptor))
        if _kernel32.LockFileEx(handle, flags, 0, 1, 0, ctypes.byref(_Overlapped())):
            return True
        if (code := ctypes.get_last_error()) == _LOCK_VIOLATION:
            return False
        raise ctypes.WinError(code)

else:
    import fcntl

    def _open(path: Path) -> int:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

    def _lock(descriptor: int, *, shared: bool, wait: bool) -> bool:
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(descriptor, mode)
        except BlockingIOError:
            return False
        return True


class FileLock:
    """A lock on a file of its own. It belongs to the open file: processes that inherit the descriptor hold it too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def try_acquire(self, *, shared: bool = False) -> bool:
        """Take the lock if that is possible at once. Raises OSError where files can't be locked."""
        return self._acquire(shared=shared, wait=False)

    def wait(self) -> None:
        """Take the lock, however long that takes."""
        self._acquire(shared=False, wait=True)

    def release(self) -> None:
        """Close the file. An explicit unlock would take the lock from a forked process too."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @property
    def is_taken(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def fileno(self) -> int:
        """The descriptor, to be inherited by processes that are to hold the lock as well."""
        assert self._descriptor is not None
        return self._descriptor

    def _acquire(self, *, shared: bool, wait: bool) -> bool:
        descriptor = _open(self._path)
        try:
            taken = _lock(descriptor, shared=shared, wait=wait)
        except BaseException:
            os.close(descriptor)
            raise
        if taken:
            self._descriptor = descriptor
        else:
            os.close(descriptor)
        return taken


def is_held(path: Path) -> bool:
    """Whether anyone holds the lock alone. The probe is shared: two probes at once don't see each other."""
    probe = FileLock(path)
    if not probe.try_acquire(shared=True):
        return True
    probe.release()
    return False


@contextmanager
def exclusive_lock(path: Path, deadline: Deadline, *, purpose: str) -> Iterator[FileLock]:
    """Hold the lock alone for the length of a block. Raises EmbeddedPostgresError when the deadline passes before."""
    lock = FileLock(path)
    if not deadline.wait_until(lock.try_acquire):
        raise failure(
            f"Waited in vain to {purpose}: another process holds {path}.",
            advice="Look for a TaskHub process that hangs (for example one that was suspended) and end it.",
        )
    try:
        yield lock
    finally:
        lock.release()
