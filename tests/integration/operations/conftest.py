"""Folders for real processes."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.harness.program import Installation, Served


@pytest.fixture(scope="module")
def new_installation() -> Iterator[Callable[..., Installation]]:
    """Makes installations. Every account may pass their folders: as root the database runs under another one.

    They are in memory where there is room: most of the time would be spent on writing empty databases to disk.
    """
    folders: list[Path] = []
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 2 * 1024**3

    def make(**settings: str) -> Installation:
        folder = Path(tempfile.mkdtemp(prefix="taskhub-operations-", dir=memory if has_room else None))
        folder.chmod(0o711)
        folders.append(folder)
        return Installation(folder, settings=settings)

    yield make
    for folder in folders:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def installation(new_installation: Callable[..., Installation]) -> Installation:
    """One for all tests of a file."""
    return new_installation()


@pytest.fixture(scope="module")
def served(installation: Installation) -> Iterator[Served]:
    """The service of that one, running."""
    with installation.serving() as served:
        yield served
