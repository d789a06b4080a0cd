"""The account that the server runs under: PostgreSQL refuses to run as root."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import OTHER_DATABASE, failure
from taskhub.embedded.subprocesses import run

NAME = "taskhub"
_FALLBACK = "nobody"
_SECONDS_TO_CREATE = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """An unprivileged account of this machine."""

    name: str
    uid: int
    gid: int


def is_root() -> bool:
    """Whether this process runs as root, so that the server needs another account."""
    return sys.platform != "win32" and os.geteuid() == 0


if sys.platform == "win32":

    def owner_of(folder: Path) -> Account:
        """Not asked on Windows, where nobody is root."""
        raise NotImplementedError

    def server_account() -> Account:
        """Not asked on Windows, where nobody is root."""
        raise NotImplementedError

    def change_owner(path: Path, account: Account | None) -> None:
        """Nothing to do on Windows: the server runs under our own account."""

else:
    import pwd

    def owner_of(folder: Path) -> Account:
        """The account that owns a folder; it needs no entry in the user database."""
        status = folder.stat()
        try:
            name = pwd.getpwuid(status.st_uid).pw_name
        except KeyError:
            name = str(status.st_uid)
        return Account(name, status.st_uid, status.st_gid)

    def change_owner(path: Path, account: Account | None) -> None:
        """Make the account the owner of a path. None stands for our own account, where nothing changes."""
        if account is not None:
            os.chown(path, account.uid, account.gid)

    def server_account() -> Account:
        """The system account `taskhub`, created if missing; `nobody` where none can be created.

        Raises EmbeddedPostgresError where even that one is missing.
        """
        if (account := _existing(NAME)) or (account := _created()):
            return account
        if account := _existing(_FALLBACK):
            _log.warning("no account %r and none can be created: PostgreSQL runs as %r", NAME, _FALLBACK)
            return account
        raise failure(
            "PostgreSQL doesn't run as root, and there is no other account to run it under.",
            advice=f"Create a system account named {NAME}, or run TaskHub under an ordinary account, {OTHER_DATABASE}.",
        )

    def _existing(name: str) -> Account | None:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            return None
        return Account(name, entry.pw_uid, entry.pw_gid) if entry.pw_uid else None

    def _created() -> Account | None:
        if not (useradd := which("useradd")):
            return None
        options = [
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/bin/false",
        ]

        def exists() -> bool:
            # Others may be creating it, or hold the lock of the user database.
            run([useradd, *options, NAME])
            return _existing(NAME) is not None

        can_write = os.access("/etc/passwd", os.W_OK) and os.access("/etc", os.W_OK)
        if can_write and Deadline(_SECONDS_TO_CREATE).wait_until(exists):
            _log.info("created the system account %r for PostgreSQL", NAME)
        return _existing(NAME)
