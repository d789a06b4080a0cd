"""A copy of the binaries for an account that can't access the place where they are installed."""

from __future__ import annotations

import base64
import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

from taskhub.embedded.binaries import DISTRIBUTION, INSTALLATION, PACKAGE, Binaries
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import failure
from taskhub.embedded.locks import exclusive_lock

_LIBRARIES = ((f"{PACKAGE}.libs",), (PACKAGE, ".dylibs"))
_NOT_NEEDED_SUFFIXES = (".a", ".h", ".pc", ".mk")


@dataclass(frozen=True)
class ListedFile:
    """A file of the wheel as its RECORD lists it."""

    path: PurePosixPath
    digest: str
    size: int


def copy_binaries(source: Binaries, place: Path, deadline: Deadline) -> Binaries:
    """Binaries below `place`, copied there unless the same version is there already and complete.

    Every file is checked against the wheel's RECORD: its digest when it is copied, its size whenever it is used.
    Raises EmbeddedPostgresError when the installed files aren't those of the wheel, OSError when `place` can't be
    written.
    """
    files = listed_files()
    target = place / f"postgresql-{version_name(files)}"
    if is_whole(target, files):
        return Binaries(target)
    with exclusive_lock(place / "copy.lock", deadline, purpose="copy the PostgreSQL binaries"):
        if not is_whole(target, files):
            _replace(source.site, target, files)
    return Binaries(target)


def listed_files() -> list[ListedFile]:
    """The files of the wheel that are needed to run a server."""
    try:
        listed = distribution(DISTRIBUTION).files or []
    except PackageNotFoundError:
        listed = []
    files = [
        ListedFile(PurePosixPath(file), file.hash.value, file.size)
        for file in listed
        if file.hash is not None and file.size is not None and is_needed(PurePosixPath(file))
    ]
    if not files:
        raise failure(f"The list of files of {DISTRIBUTION} is missing.", advice=f"Install {DISTRIBUTION} anew.")
    return files


def is_needed(path: PurePosixPath) -> bool:
    """Whether a file of the wheel belongs to the programs, their libraries or their data."""
    if any(path.parts[: len(folder)] == folder for folder in _LIBRARIES):
        return True
    in_installation = path.parts[:2] == (PACKAGE, INSTALLATION) and path.parts[2] in ("bin", "lib", "share")
    return in_installation and path.suffix not in _NOT_NEEDED_SUFFIXES


def version_name(files: Iterable[ListedFile]) -> str:
    """A name that differs for any two sets of files."""
    content = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        content.update(f"{file.path} {file.digest}\n".encode())
    return f"{INSTALLATION.removeprefix('pginstall')}-{content.hexdigest()[:16]}"


def is_whole(folder: Path, files: Iterable[ListedFile]) -> bool:
    """Whether every file is there in its size."""
    try:
        return all((folder / file.path).lstat().st_size == file.size for file in files)
    except OSError:
        return False


def _replace(source: Path, target: Path, files: Iterable[ListedFile]) -> None:
    for leftover in (*target.parent.glob(".copying-*"), target):
        shutil.rmtree(leftover, ignore_errors=True)
    partial = Path(tempfile.mkdtemp(prefix=".copying-", dir=target.parent))
    for folder in sorted({folder for file in files for folder in file.path.parents}):
        (partial / folder).mkdir(exist_ok=True)
        (partial / folder).chmod(0o755)
    for file in files:
        _copy(source / file.path, partial / file.path, file)
    partial.rename(target)


def _copy(source: Path, target: Path, file: ListedFile) -> None:
    content = source.read_bytes()
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    if digest != file.digest:
        raise failure(f"{source} is not the file that the wheel carried.", advice=f"Install {DISTRIBUTION} anew.")
    target.write_bytes(content)
    target.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)
