"""Creates PostgreSQL's data directory, or checks an existing one."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from shutil import disk_usage

from taskhub.embedded.account import change_owner
from taskhub.embedded.address import DATABASE, USER
from taskhub.embedded.binaries import MAJOR_VERSION
from taskhub.embedded.commands import run_as
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import failure
from taskhub.embedded.layout import Layout
from taskhub.embedded.locks import FileLock
from taskhub.embedded.placement import Placement

_BYTES_NEEDED = 200 * 1024 * 1024

# Written to postgresql.conf once, so that an operator may change them there.
_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_buffers": "16MB",
    "min_wal_size": "160MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_min_error_statement": "panic",
}
if sys.platform != "win32":
    _SETTINGS["client_connection_check_interval"] = "1s"


def password_of(layout: Layout) -> str:
    """The superuser's password. Raises EmbeddedPostgresError if it is lost."""
    if not layout.password.exists():
        raise failure(
            f"{layout.password}, with the password of {layout.data}, is gone.",
            advice="Bring the file back, or restore a backup into a new data folder.",
        )
    return layout.password.read_text(encoding="utf-8").strip()


def check_version(layout: Layout) -> None:
    """Raise EmbeddedPostgresError if the data directory isn't one of our PostgreSQL."""
    mark = layout.data / "PG_VERSION"
    version = mark.read_text(encoding="utf-8").strip() if mark.exists() else None
    if version is None:
        raise failure(
            f"{layout.data} is not a data directory of PostgreSQL: it has no PG_VERSION.",
            advice="Move it away to begin with an empty database, or bring back what is missing.",
        )
    if version != MAJOR_VERSION:
        raise failure(
            f"{layout.data} was made by PostgreSQL {version}; this TaskHub runs PostgreSQL {MAJOR_VERSION}, which can't read it.",
            advice="Take a backup with the TaskHub version that made it (`taskhub backup`), move the data folder away, "
            "and restore the backup with this version (`taskhub restore`).",
        )


def create_cluster(placement: Placement, *, durable: bool, server_lock: FileLock, deadline: Deadline) -> None:
    """Make the data directory with the database in it. It is created under another name and renamed when it is complete.

    The programs inherit the server's lock: if this process is killed, the next start waits until they have ended. Raises
    EmbeddedPostgresError, OSError.
    """
    layout = placement.layout
    shutil.rmtree(layout.making, ignore_errors=True)
    _check_space(layout)
    _generate_password(layout)
    layout.making.mkdir(mode=0o700)
    data, password = layout.making / "data", layout.making / "password"
    shutil.copyfile(layout.password, password)
    password.chmod(0o600)
    change_owner(password, placement.account)
    change_owner(layout.making, placement.account)

    def run(name: str, *arguments: str, feed: str = "") -> None:
        command = [str(placement.binaries.tool(name)), *arguments]
        inherit = [server_lock.fileno()]
        done = run_as(placement.account, command, feed=feed, inherit=inherit, timeout=deadline.remaining() + 1)
        if done.returncode:
            raise failure(f"PostgreSQL's {name} could not make {layout.data}.", said=done.stdout)

    settings = [f"--set={name}={value}" for name, value in _SETTINGS.items()]
    encoding = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    login = [f"--username={USER}", f"--pwfile={password}", "--auth=scram-sha-256"]
    sync = [] if durable else ["--no-sync"]
    run("initdb", f"--pgdata={data}", *login, *encoding, *settings, *sync, "--no-instructions")
    run("postgres", "--single", "-D", str(data), "template1", feed=f"CREATE DATABASE {DATABASE};\n")
    data.rename(layout.data)
    shutil.rmtree(layout.making)


def _check_space(layout: Layout) -> None:
    free = disk_usage(layout.folder).free
    if free < _BYTES_NEEDED:
        needed = f"{_BYTES_NEEDED // 1024**2} MB"
        raise failure(
            f"{layout.folder} has {free // 1024**2} MB of free space; a new database needs {needed}.",
            advice="Free space there, or choose a data folder on another volume.",
        )


def _generate_password(layout: Layout) -> None:
    partial = layout.password.with_suffix(".new")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    with partial.open("w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(layout.password)
