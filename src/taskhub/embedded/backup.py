"""The whole database in one file, and back."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from taskhub.embedded.address import DATABASE, Address
from taskhub.embedded.commands import query, run_client
from taskhub.embedded.errors import explained, failure
from taskhub.embedded.layout import Layout
from taskhub.embedded.placement import known_folder
from taskhub.embedded.programs import Completed
from taskhub.embedded.server import EmbeddedPostgres

_RESTORING = f"{DATABASE}_restoring"
_REPLACED = f"{DATABASE}_replaced"
_MAINTENANCE = "postgres"

_HAS_CONTENT = "SELECT EXISTS (SELECT FROM pg_class WHERE oid >= 16384)"  # smaller ids are PostgreSQL's own
_END_SESSIONS = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{DATABASE}'"  # noqa: S608  # A constant.


def back_up(data_dir: Path, target: Path) -> None:
    """Write the database as it is at this moment to a new file, in the format of `pg_restore`.

    The service may run meanwhile; if it doesn't, the server is started for the backup. `target` appears whole or not
    at all, readable by its owner only. Raises EmbeddedPostgresError.
    """
    tried = f"The database of {data_dir} could not be backed up to {target}."
    folder = known_folder(data_dir.expanduser().resolve())
    if folder is None or not Layout(folder).data.exists():
        raise failure(tried, said="There is no database yet.", advice="Check the path of the data folder.")
    if target.exists():
        raise failure(tried, said="The file exists already.", advice="Choose a name that is not taken.")
    with EmbeddedPostgres(data_dir).running() as address, explained(tried):
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(descriptor)
        partial = Path(name)
        try:
            _check(run_client("pg_dump", "--format=custom", f"--file={partial}", address=address), tried)
            partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)


def restore(data_dir: Path, source: Path, *, replace: bool) -> None:
    """Put a backup into a new or empty data folder; with `replace`, in the place of what is there.

    The backup is read into a database beside the present one, then both change names in one transaction: whatever
    happens, the folder has the old content or the new. Raises EmbeddedPostgresError, also when other processes use
    the server, when `source` is damaged, and when there is content but no `replace`.
    """
    tried = f"The backup {source} could not be restored into {data_dir}."
    with explained(tried):
        _check(run_client("pg_restore", "--list", source), tried, advice="Choose a file made by `taskhub backup`.")
    with EmbeddedPostgres(data_dir).running(exclusive=True) as address:
        if not replace and _check(query(_HAS_CONTENT, address=address), tried) == "t":
            advice = "Choose a new data folder, or ask for the present content to be replaced."
            raise failure(tried, said="The data folder has content already.", advice=advice)
        _read_aside(source, address, tried)
        _swap(address, tried)


def _read_aside(source: Path, address: Address, tried: str) -> None:
    remove = f"DROP DATABASE IF EXISTS {_RESTORING} WITH (FORCE)"
    make = f"CREATE DATABASE {_RESTORING} TEMPLATE template0"
    _check(query(remove, make, address=address, database=_MAINTENANCE), tried)
    try:
        options = ("--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={_RESTORING}")
        _check(run_client("pg_restore", *options, source, address=address), tried)
        _check(query("ANALYZE", address=address, database=_RESTORING), tried)
    except BaseException:
        query(remove, address=address, database=_MAINTENANCE)
        raise


def _swap(address: Address, tried: str) -> None:
    remove_old = f"DROP DATABASE IF EXISTS {_REPLACED} WITH (FORCE)"
    rename_old = f"ALTER DATABASE {DATABASE} RENAME TO {_REPLACED}"
    rename_new = f"ALTER DATABASE {_RESTORING} RENAME TO {DATABASE}"
    _check(query(remove_old, _END_SESSIONS, address=address, database=_MAINTENANCE), tried)
    _check(query(rename_old, rename_new, address=address, database=_MAINTENANCE, together=True), tried)
    query(remove_old, address=address, database=_MAINTENANCE)


def _check(done: Completed, tried: str, *, advice: str = "") -> str:
    if done.returncode:
        raise failure(tried, said=done.stderr, advice=advice)
    return done.stdout.strip()
