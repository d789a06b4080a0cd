"""PostgreSQL for tests: a prepared data folder in the user's cache, copied for each run, with a database for each server in it.

Preparing one takes seconds, once for each version of TaskHub and its modules. A copy goes with the last server of its run.
"""

import asyncio
import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import EntryPoint, entry_points, version
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from taskhub.embedded import DATABASE, Address, EmbeddedPostgres, EmbeddedPostgresError
from taskhub.embedded.binaries import DISTRIBUTION, MAJOR_VERSION
from taskhub.embedded.commands import query
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock, exclusive_lock, is_held
from taskhub.embedded.placement import known_folder, resolve_placement
from taskhub.embedded.sockets import fits
from taskhub.embedded.subprocesses import run

MODULES_GROUP = "taskhub.modules"
FORMAT = "2"
"""Of what is prepared: another one makes it anew."""
KEPT = 4
"""Prepared data folders: of so many versions, those that were used last."""
SECONDS_TO_PREPARE = 120.0
SECONDS_TO_CREATE = 60.0
SECONDS_TO_END = 30.0
TEMPLATE = f"{DATABASE}_template"
"""The migrated database. Nobody connects to it, or it could not be cloned meanwhile."""
_ARRANGED = (
    f"ALTER DATABASE {DATABASE} RENAME TO {TEMPLATE}",
    f"ALTER DATABASE postgres RENAME TO {DATABASE}",  # An empty one, to connect to.
    "ALTER DATABASE template0 IS_TEMPLATE false",
    "DROP DATABASE template0",  # A quarter of all files: a copy takes as long as it has files.
)
_SETTINGS = """
# For tests: many servers of a run share it, and nothing in it is worth keeping.
max_connections = 500
autovacuum = off
wal_level = minimal
max_wal_senders = 0
min_wal_size = 32MB
checkpoint_timeout = 1h
"""


@contextmanager
def throwaway_database(cache: Path, run_name: str) -> Iterator[str]:
    """The URL of a migrated database of its own, for as long as the block lasts.

    ``cache``: where what is prepared is kept. ``run_name``: those of the same name share a PostgreSQL.

    Raises:
        EmbeddedPostgresError
    """
    runs = _made(cache / "runs")
    try:
        with _user_of(runs / run_name) as folder:
            _copy_prepared(cache, folder)
            with EmbeddedPostgres(folder, durable=False).running() as address:
                name = f"{DATABASE}_{uuid4().hex}"
                _execute(address, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
                yield address.url(name)
    finally:
        for lock in runs.glob("*.lock"):
            _remove_unused(lock)


def prepare(cache: Path) -> Path:
    """Prepares a database, unless that was done already. Returns where it is.

    Raises:
        EmbeddedPostgresError
    """
    with exclusive_lock(_made(cache) / "prepared.lock", Deadline(SECONDS_TO_PREPARE), purpose="prepare a database"):
        return _prepared(cache).folder


def migrate_now(url: str) -> None:
    """Brings a database to the schema of this program."""
    # Needed once in the life of a prepared database, and not at a start.
    from taskhub.modules.discovery import installed_modules
    from taskhub.schema.migrate import migrate

    asyncio.run(migrate(url, installed_modules().revisions))


def fingerprint() -> str:
    """Names the schema that this installation prepares: made of its version, and of the migrations of all modules."""
    digest = hashlib.sha256(f"{FORMAT} {version('taskhub')} {MAJOR_VERSION} {version(DISTRIBUTION)} {sys.platform}".encode())
    for file in _migrations(entry_points(group=MODULES_GROUP)):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _migrations(modules: Iterable[EntryPoint]) -> Iterator[Path]:
    """The revisions of all modules, found without importing one: that takes a second, in which PostgreSQL starts."""
    own = Path(__file__).parents[1]
    packages = {own, own.parents[1] / "migrations"}  # The second one in a checkout.
    for entry in modules:
        spec = find_spec(entry.module.partition(".")[0])
        packages.update(Path(place) for place in (spec.submodule_search_locations or () if spec else ()))
    for package in sorted(packages):
        yield from sorted(file for file in package.rglob("*.py") if "migrations" in file.relative_to(package.parent).parts)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


# -- what is prepared once -------------------------------------------------------------------------


def _copy_prepared(cache: Path, folder: Path) -> None:
    """The data folder of a run, unless it is there already."""
    with exclusive_lock(folder.with_suffix(".copying"), Deadline(SECONDS_TO_PREPARE), purpose="copy a database"):
        placement = resolve_placement(folder, Deadline(SECONDS_TO_CREATE))
        target = placement.layout
        if target.data.exists():
            return
        with exclusive_lock(cache / "prepared.lock", Deadline(SECONDS_TO_PREPARE), purpose="prepare a database"):
            source = _prepared(cache)
            shutil.rmtree(target.making, ignore_errors=True)
            shutil.copy2(source.password, target.password)
            _copy_tree(source.data, target.making)
            target.making.rename(target.data)


def _prepared(cache: Path) -> Layout:
    folder = cache / f"prepared-{fingerprint()}"
    if not folder.exists():
        making = folder.with_suffix(".making")
        _remove_folder(making)
        with EmbeddedPostgres(making, durable=False).running() as address:
            migrate_now(address.url())
            _execute(address, *_ARRANGED, database="template1")
        layout = _layout(making)
        if not _has_ended(layout):
            raise EmbeddedPostgresError(f"PostgreSQL on {layout.data} does not end, so it can't be copied. Start again.")
        with (layout.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(_SETTINGS)
        shutil.rmtree(layout.data / "log", ignore_errors=True)
        making.rename(folder)
        _remove_old(cache)
    os.utime(folder)
    return _layout(folder)


def _remove_old(cache: Path) -> None:
    found = sorted((one for one in cache.glob("prepared-*") if one.is_dir()), key=lambda one: one.stat().st_mtime, reverse=True)
    for folder in found[KEPT:]:
        _remove_folder(folder)


def _layout(folder: Path) -> Layout:
    known = known_folder(folder)
    assert known is not None, f"{folder} has no database"
    return Layout(known)


def _copy_tree(source: Path, target: Path) -> None:
    """With its owner: as root PostgreSQL runs under another account.

    A thousand files: another program copies them while this one imports the service.
    """
    if sys.platform == "win32":
        shutil.copytree(source, target)
        return
    done = run(["cp", "-a", source, target])
    if done.returncode:
        raise EmbeddedPostgresError(f"The prepared database could not be copied to {target}: {done.stderr.strip()}")


# -- what is shared by a run -----------------------------------------------------------------------


@contextmanager
def _user_of(folder: Path) -> Iterator[Path]:
    """Holds a folder for as long as the block lasts. The last who leaves it removes it."""
    lock = folder.with_suffix(".lock")
    held = FileLock(lock)
    while True:
        if held.try_acquire(shared=True):
            if _is_same(held, lock):
                break
            held.release()  # Its last user has removed it meanwhile.
    try:
        yield folder
    finally:
        held.release()


def _remove_unused(lock: Path) -> None:
    """Removes the folder of a run that nobody uses any more, also one whose servers were killed."""
    held = FileLock(lock)
    with suppress(OSError):
        if not held.try_acquire():
            return
        try:
            if _is_same(held, lock) and _remove_folder(lock.with_suffix("")):
                lock.with_suffix(".copying").unlink(missing_ok=True)
                lock.unlink()
        finally:
            held.release()


def _is_same(held: FileLock, path: Path) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    ours = os.fstat(held.fileno())
    return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


def _remove_folder(folder: Path) -> bool:
    """Removes a data folder that nobody uses. False, and nothing removed, where a process of its server does not end."""
    if not folder.exists():
        return True
    with suppress(EmbeddedPostgresError):
        known = known_folder(folder)
        if known is not None:
            layout = Layout(known)
            # A watchdog that is still looking would put its files back.
            ended = Deadline(SECONDS_TO_END).wait_until(
                lambda: not (is_held(layout.watchdog_lock) or is_held(layout.server_lock))
            )
            if not ended:
                return False
            if layout.sockets_elsewhere.exists() and not fits(layout.sockets):
                shutil.rmtree(layout.sockets_elsewhere.read_text(encoding="utf-8").strip(), ignore_errors=True)
            shutil.rmtree(known, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    return True


def _has_ended(layout: Layout) -> bool:
    """Whether no process of a server is left, its watchdog included, which would put its files back."""
    return Deadline(SECONDS_TO_END).wait_until(lambda: not (is_held(layout.watchdog_lock) or is_held(layout.server_lock)))


def _execute(address: Address, *statements: str, database: str = DATABASE) -> None:
    done = query(*statements, address=address, database=database)
    if done.returncode:
        raise EmbeddedPostgresError(f"No database could be made for the tests: {done.stderr.strip()}")
