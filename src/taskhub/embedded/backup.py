"""Backup of the database to one file, and restore."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType

from taskhub.embedded.address import DATABASE, Address
from taskhub.embedded.commands import query, run_client
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import failure, os_errors_explained
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock, is_held
from taskhub.embedded.placement import RECORD, known_folder, resolve_placement
from taskhub.embedded.server import EmbeddedPostgres
from taskhub.embedded.subprocesses import Completed

_STAGING = f"{DATABASE}_restoring"
_REPLACED = f"{DATABASE}_replaced"
_DROP_STAGING = f"DROP DATABASE IF EXISTS {_STAGING} WITH (FORCE)"
_MAINTENANCE = "postgres"
_SECONDS_TO_UNDO = 30.0

_HAS_CONTENT = "SELECT EXISTS (SELECT FROM pg_class WHERE oid >= 16384)"  # smaller ids are PostgreSQL's own
_END_SESSIONS = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{DATABASE}'"  # noqa: S608  # A constant.


def back_up(data_dir: Path, target: Path) -> None:
    """Write the database as it is at this moment to a new file, in the format of `pg_restore`.

    The service may run meanwhile; if it doesn't, the server is started for the backup. `target` is complete or
    not there, readable by its owner only. Raises EmbeddedPostgresError.
    """
    tried = f"The database of {data_dir} could not be backed up to {target}."
    folder = known_folder(data_dir.expanduser().resolve())
    if folder is None or not Layout(folder).data.exists():
        raise failure(tried, said="There is no database yet.", advice="Check the path of the data folder.")
    if target.exists():
        raise failure(tried, said="The file exists already.", advice="Choose a name that is not taken.")
    with EmbeddedPostgres(data_dir).running() as address, os_errors_explained(tried):
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(descriptor)
        partial = Path(name)
        try:
            _check(
                run_client("pg_dump", "--format=custom", "--no-unlogged-table-data", f"--file={partial}", address=address), tried
            )
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)


def restore(data_dir: Path, source: Path, *, replace: bool, files: Mapping[str, Path] = MappingProxyType({})) -> None:
    """Restore a backup into a new or empty data folder; with `replace`, instead of its present content.

    The backup is restored into a staging database, then the two databases are renamed in one transaction. `files`, by their
    names in the data folder, are moved into place right after it. If anything fails, the folder has the old content or the
    new, and a folder that was not there is removed. If this process is killed meanwhile, the folder may refuse to start, and
    says why, until something is restored into it. Raises EmbeddedPostgresError, also when other processes use
    the server, when `source` is damaged, and when there is content but no `replace`.
    """
    data_dir = data_dir.expanduser().resolve()
    tried = f"The backup {source} could not be restored into {data_dir}."
    with os_errors_explained(tried):
        _check(run_client("pg_restore", "--list", source), tried, advice="Choose a file made by `taskhub backup`.")
        with _rolled_back_if_new(data_dir) as layout, EmbeddedPostgres(data_dir).running(exclusive=True) as address:
            is_content_worthless = layout.restoring.exists()  # Of a restore that was interrupted, or of this one.
            if not (replace or is_content_worthless) and _check(query(_HAS_CONTENT, address=address), tried) == "t":
                advice = "Choose a new data folder, or replace the content with `taskhub restore --replace`."
                raise failure(tried, said="The data folder has content already.", advice=advice)
            with _staging_dropped_on_failure(address), _staged_files(data_dir, files) as drafts:
                _restore_into_staging(source, address, tried)
                with _restore_marker(layout):
                    _swap(address, tried)
                for draft, target in drafts:
                    draft.replace(target)
                layout.restoring.unlink()


@contextmanager
def _rolled_back_if_new(data_dir: Path) -> Iterator[Layout]:
    """The server's folder. If it has no database yet, a failure of the block removes what was created."""
    was_there = data_dir.is_dir()
    layout = resolve_placement(data_dir, Deadline(_SECONDS_TO_UNDO)).layout
    is_new = not layout.data.exists()
    try:
        yield layout
    except BaseException:
        if is_new and layout.restoring.exists():
            _roll_back(layout, data_dir, was_there=was_there)
        raise


def _roll_back(layout: Layout, data_dir: Path, *, was_there: bool) -> None:
    """Removes what was created. If a process of the server does not end, everything stays, with the marker."""
    # The watchdog first: it needs the clients' lock to end.
    if not Deadline(_SECONDS_TO_UNDO).wait_until(lambda: not is_held(layout.watchdog_lock) and not is_held(layout.server_lock)):
        return
    alone = FileLock(layout.clients_lock)
    if not alone.try_acquire():
        return
    try:
        if not layout.restoring.exists():
            return  # Another restore has finished here meanwhile.
        shutil.rmtree(layout.folder, ignore_errors=True)
        (data_dir / RECORD).unlink(missing_ok=True)
    finally:
        alone.release()
    if not was_there:
        with suppress(OSError):
            data_dir.rmdir()


@contextmanager
def _restore_marker(layout: Layout) -> Iterator[None]:
    """Sets the marker of a restore under way. If the block fails, the old content is still there: the marker is as before."""
    was_marked = layout.restoring.exists()
    layout.restoring.touch()
    try:
        yield
    except Exception:
        if not was_marked:
            layout.restoring.unlink()
        raise


@contextmanager
def _staged_files(data_dir: Path, files: Mapping[str, Path]) -> Iterator[list[tuple[Path, Path]]]:
    """Copies of the files in the data folder, readable by their owner only, each with its final path."""
    drafts: list[tuple[Path, Path]] = []
    try:
        for name, source in files.items():
            descriptor, draft = tempfile.mkstemp(prefix=f".{name}.", dir=data_dir)
            drafts.append((Path(draft), data_dir / name))
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(source.read_bytes())
                stream.flush()
                os.fsync(descriptor)
        yield drafts
    finally:
        for path, _ in drafts:
            path.unlink(missing_ok=True)


@contextmanager
def _staging_dropped_on_failure(address: Address) -> Iterator[None]:
    """Drops the staging database if the block fails."""
    try:
        yield
    except BaseException:
        query(_DROP_STAGING, address=address, database=_MAINTENANCE)
        raise


def _restore_into_staging(source: Path, address: Address, tried: str) -> None:
    make = f"CREATE DATABASE {_STAGING} TEMPLATE template0"
    _check(query(_DROP_STAGING, make, address=address, database=_MAINTENANCE), tried)
    options = ("--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={_STAGING}")
    _check(run_client("pg_restore", *options, source, address=address), tried)
    _check(query("ANALYZE", address=address, database=_STAGING), tried)


def _swap(address: Address, tried: str) -> None:
    remove_old = f"DROP DATABASE IF EXISTS {_REPLACED} WITH (FORCE)"
    rename_old = f"ALTER DATABASE {DATABASE} RENAME TO {_REPLACED}"
    rename_new = f"ALTER DATABASE {_STAGING} RENAME TO {DATABASE}"
    _check(query(remove_old, _END_SESSIONS, address=address, database=_MAINTENANCE), tried)
    _check(query(rename_old, rename_new, address=address, database=_MAINTENANCE, together=True), tried)
    query(remove_old, address=address, database=_MAINTENANCE)


def _check(done: Completed, tried: str, *, advice: str = "") -> str:
    if done.returncode:
        raise failure(tried, said=done.stderr, advice=advice)
    return done.stdout.strip()
