"""A PostgreSQL data folder in the user's cache, with the schema of this installation in it: what each run copies.

Preparing one takes seconds, once for each version of TaskHub and its modules. It was never used since it was shut down in order,
so a crash of the machine can't spoil it, although nothing is flushed to disk.
"""

import asyncio
import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points, version
from importlib.util import find_spec
from pathlib import Path

from taskhub.embedded import DATABASE, Address, EmbeddedPostgres, EmbeddedPostgresError
from taskhub.embedded.binaries import DISTRIBUTION, MAJOR_VERSION
from taskhub.embedded.commands import query
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock, exclusive_lock, is_held
from taskhub.embedded.placement import known_folder
from taskhub.embedded.sockets import fits
from taskhub.embedded.subprocesses import run
from taskhub.testing.held_folders import SECONDS_TO_END

MODULES_GROUP = "taskhub.modules"
FORMAT = "4"
"""Of what is prepared: another one makes it anew."""
KEPT = 4
"""Prepared data folders: of so many versions, those that were used last."""
SECONDS_TO_PREPARE = 120.0
SECONDS_TO_ANSWER = 60.0
TEMPLATE = f"{DATABASE}_template"
"""The migrated database. Nobody connects to it, or it could not be cloned meanwhile."""
CONTENTS = "contents.txt"
"""How much was prepared: what cleans caches takes files out of it."""
_CLONED = (
    f"ALTER DATABASE {DATABASE} RENAME TO {TEMPLATE}",
    f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY",
)
_DROPPED = tuple(  # Half of all files: a copy takes as long as it has files.
    statement
    for name in ("template0", "template1", "postgres")
    for statement in (f"ALTER DATABASE {name} IS_TEMPLATE false", f"DROP DATABASE {name}")
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


def prepare(cache: Path) -> Path:
    """Prepares a database, unless that was done already. Returns where it is.

    Raises:
        EmbeddedPostgresError
        OSError: the cache can't be written.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(cache / "prepared.lock", Deadline(SECONDS_TO_PREPARE), purpose="prepare a database"):
        return _prepared(cache).folder


def copy_prepared(cache: Path, target: Layout, server_lock: FileLock) -> None:
    """Fills a server's folder: with `TEMPLATE`, and a clone of it called `DATABASE` that nobody uses yet.

    Raises:
        EmbeddedPostgresError
        OSError
    """
    with exclusive_lock(cache / "prepared.lock", Deadline(SECONDS_TO_PREPARE), purpose="prepare a database"):
        source = _prepared(cache)
        shutil.rmtree(target.making, ignore_errors=True)
        shutil.copy2(source.password, target.password)
        _copy_tree(source.data, target.making, server_lock)
        target.making.rename(target.data)


def execute(address: Address, *statements: str, database: str = DATABASE) -> None:
    """Raises:
    EmbeddedPostgresError
    """
    done = query(*statements, address=address, database=database, timeout=SECONDS_TO_ANSWER)
    if done.returncode:
        raise EmbeddedPostgresError(f"No database could be made for the tests: {done.stderr.strip()}")


def remove_cluster(folder: Path, patience: float) -> bool:
    """Removes a data folder that nobody uses. False, and nothing removed, where a process of its server has not ended so many
    seconds later.
    """
    if (layout := _layout(folder)) is not None:
        if not _has_ended(layout, patience):
            return False
        if layout.sockets_elsewhere.exists() and not fits(layout.sockets):
            shutil.rmtree(layout.sockets_elsewhere.read_text(encoding="utf-8").strip(), ignore_errors=True)
        shutil.rmtree(layout.folder, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


@cache
def fingerprint() -> str:
    """Names what this account prepares with this installation: made of its version, and of the migrations of all modules."""
    account = _account()  # The data is its own, also where it shares the cache.
    of_this = f"{FORMAT} {account} {version('taskhub')} {MAJOR_VERSION} {version(DISTRIBUTION)} {sys.platform}"
    digest = hashlib.sha256(of_this.encode())
    for file in _migrations():
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _account() -> int | str:
    return os.geteuid() if sys.platform != "win32" else ""


def _migrations() -> Iterator[Path]:
    """The revisions of all modules, found without importing one: that takes a second, in which PostgreSQL starts."""
    own = Path(__file__).parents[1]
    packages = {own, own.parents[1] / "migrations"}  # The second one in a checkout.
    for entry in entry_points(group=MODULES_GROUP):
        spec = find_spec(entry.module.partition(".")[0])
        packages.update(Path(place) for place in (spec.submodule_search_locations or () if spec else ()))
    for package in sorted(packages):
        for folder, _, names in sorted(os.walk(package)):
            if "migrations" in Path(folder).relative_to(package.parent).parts:
                yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))


# -- making it -------------------------------------------------------------------------------------


def _prepared(cache: Path) -> Layout:
    folder = cache / f"prepared-{fingerprint()}"
    layout = _layout(folder)
    if layout is None or not _is_whole(folder, layout):
        remove_cluster(folder, SECONDS_TO_END)
        layout = _made(cache, folder)
    os.utime(folder)
    return layout


def _made(cache: Path, folder: Path) -> Layout:
    making = folder.with_name(f"{folder.name}.making")
    remove_cluster(making, SECONDS_TO_END)
    with EmbeddedPostgres(making, durable=False).running() as address:
        _migrate(address.url())
        execute(address, *_CLONED, database="template1")
        execute(address, *_DROPPED)
    layout = _layout(making)
    if layout is None or not _has_ended(layout, SECONDS_TO_END):
        raise EmbeddedPostgresError(f"PostgreSQL in {making} does not end, so it can't be copied. Start again.")
    with (layout.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(_SETTINGS)
    shutil.rmtree(layout.data / "log", ignore_errors=True)
    (making / CONTENTS).write_text(_contents(layout.data), encoding="utf-8")
    making.rename(folder)
    _remove_old(cache)
    layout = _layout(folder)
    assert layout is not None, "it was there under its other name"
    return layout


def _migrate(url: str) -> None:
    # Needed once in the life of a prepared database, and not at a start.
    from taskhub.modules.discovery import installed_modules
    from taskhub.schema.migrate import migrate

    asyncio.run(migrate(url, installed_modules().revisions))


def _is_whole(folder: Path, layout: Layout) -> bool:
    try:
        return layout.password.exists() and (folder / CONTENTS).read_text(encoding="utf-8") == _contents(layout.data)
    except OSError:
        return False


def _contents(data: Path) -> str:
    """How many files there are, and how many bytes in them. Raises OSError."""
    sizes = [Path(folder, name).stat().st_size for folder, _, names in os.walk(data) for name in names]
    return f"{len(sizes)} files, {sum(sizes)} bytes\n"


def _remove_old(cache: Path) -> None:
    """With the lock held: what is half made is nobody's."""
    for folder in cache.glob("prepared-*.making"):
        remove_cluster(folder, 0)
    found = sorted((one for one in cache.glob("prepared-*") if one.is_dir()), key=lambda one: one.stat().st_mtime, reverse=True)
    for folder in found[KEPT:]:
        remove_cluster(folder, 0)


def _layout(folder: Path) -> Layout | None:
    """The server's folder, if there is one."""
    try:
        known = known_folder(folder)
    except EmbeddedPostgresError:  # It was elsewhere, and is gone.
        return None
    return Layout(known) if known is not None else None


def _has_ended(layout: Layout, patience: float) -> bool:
    """Whether no process of a server is left, its watchdog included, which would put its files back."""
    return Deadline(patience).wait_until(lambda: not (is_held(layout.watchdog_lock) or is_held(layout.server_lock)))


def _copy_tree(source: Path, target: Path, server_lock: FileLock) -> None:
    """With its owner: as root PostgreSQL runs under another account. The lock is held until it is done, also if we are killed.

    Hundreds of files: another program copies them while this one imports the service.
    """
    if sys.platform == "win32":
        shutil.copytree(source, target)
        return
    done = run(["cp", "-a", source, target], pass_fds=[server_lock.fileno()])
    if done.returncode:
        raise EmbeddedPostgresError(f"The prepared database could not be copied to {target}: {done.stderr.strip()}")
