"""The private folder of the server's Unix socket."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from taskhub.embedded.account import Account, change_owner
from taskhub.embedded.layout import Layout

PORT = 5432

_MAX_PATH_LENGTH = 103  # of `sun_path` on macOS; Linux has room for 107
_ALLOWED_PATH = re.compile(r"[A-Za-z0-9/._+-]+")  # commas, quotes and more have a meaning for PostgreSQL or in URLs


def socket_folder(layout: Layout, account: Account | None) -> Path:
    """A folder that only the server's account may enter, the same one at each start.

    It is `run` in the server's folder. If that path is too long or unsuitable for a socket, it is a random folder below
    `/run` or `/tmp`, recorded in a file. Raises OSError.
    """
    if fits(layout.sockets):
        if not layout.sockets.exists():
            layout.sockets.mkdir(mode=0o700)
            change_owner(layout.sockets, account)
        return layout.sockets
    folder = _recorded_folder(layout)
    owner = account.uid if account is not None else layout.folder.stat().st_uid
    if folder is None or not _is_private(folder, owner):
        folder = Path(tempfile.mkdtemp(prefix="taskhub-", dir=_temporary_root(account)))
        change_owner(folder, account)
        layout.sockets_elsewhere.write_text(f"{folder}\n", encoding="utf-8")
    return folder


def fits(folder: Path) -> bool:
    """Whether the path of a socket in this folder is short and plain enough."""
    path = str(folder / f".s.PGSQL.{PORT}")
    return len(path) <= _MAX_PATH_LENGTH and _ALLOWED_PATH.fullmatch(path) is not None


def clear_stale_sockets(folder: Path) -> None:
    """Remove the socket files of a crashed server: their lock file may name a pid that another process has by now."""
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (folder / name).unlink(missing_ok=True)


def _temporary_root(account: Account | None) -> Path:
    # A user's runtime folder vanishes with the last login. A service may see a /tmp of its own, but the same /run.
    run = Path("/run")
    return run if account is not None and run.is_dir() else Path("/tmp")  # noqa: S108  # The folder made in it is private.


def _recorded_folder(layout: Layout) -> Path | None:
    note = layout.sockets_elsewhere
    return Path(note.read_text(encoding="utf-8").strip()) if note.exists() else None


def _is_private(folder: Path, owner: int) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return (status.st_uid, status.st_mode) == (owner, 0o040700)
