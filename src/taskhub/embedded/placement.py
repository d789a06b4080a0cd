"""Where the server's folder is, who runs the server, and which copy of the binaries it runs.

An ordinary account keeps everything in `<data_dir>/postgres`. As root the server runs under another account; if that
one can't reach `data_dir`, the folder is below `SYSTEM_FOLDER`, and a file in `data_dir` says where. No permission of
a folder that isn't ours is changed.
"""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from taskhub.embedded.account import Account, is_root, owner_of, server_account
from taskhub.embedded.binaries import Binaries, installed_binaries
from taskhub.embedded.binaries_copy import copy_binaries
from taskhub.embedded.commands import can_become, can_enter, can_execute
from taskhub.embedded.deadline import Deadline
from taskhub.embedded.errors import OTHER_DATABASE, failure
from taskhub.embedded.layout import Layout

SYSTEM_FOLDER = Path("/var/db/taskhub" if sys.platform == "darwin" else "/var/lib/taskhub")
RECORD = "postgres-folder.txt"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Placement:
    """What is decided before the server starts. `account` is None if it is the account of this process."""

    layout: Layout
    account: Account | None
    binaries: Binaries


def resolve_placement(data_dir: Path, deadline: Deadline) -> Placement:
    """Find the server's folder of a data folder, or create it.

    Raises EmbeddedPostgresError when the folder is another account's or out of reach, OSError when it can't be made.
    """
    data_dir = data_dir.expanduser().resolve()
    make_data_dir(data_dir)
    known = known_folder(data_dir)
    if not is_root():
        layout = Layout(known or data_dir / "postgres")
        _ensure_owned(layout.folder, 0o700)
        return Placement(layout, None, installed_binaries())
    return _resolve_as_root(data_dir, known, deadline)


def make_data_dir(data_dir: Path) -> None:
    """Makes a data folder, unless it is there."""
    if not data_dir.is_dir():
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o711 if is_root() else 0o700)


def known_folder(data_dir: Path) -> Path | None:
    """The server's folder if the data folder has one already."""
    own = data_dir / "postgres"
    record = data_dir / RECORD
    if Layout(own).data.exists() or not record.exists():
        return own if own.exists() else None
    folder = Path(record.read_text(encoding="utf-8").split("\n")[0])
    if folder.parent != SYSTEM_FOLDER / "clusters":
        raise failure(
            f"{record} names {folder}, which can't be a folder of the embedded PostgreSQL.",
            advice=f"Correct or remove {record}.",
        )
    if not folder.is_dir():
        raise failure(
            f"The data of {data_dir} is kept in {folder}, as {record} says, and that folder is gone.",
            advice=f"Bring it back, or remove {record} to begin with an empty database.",
        )
    return folder


def _resolve_as_root(data_dir: Path, known: Path | None, deadline: Deadline) -> Placement:
    data = Layout(known).data if known else None
    account = owner_of(data) if data and data.exists() else server_account()
    if not account.uid or not can_become(account):
        raise failure(
            f"PostgreSQL doesn't run as root, and can't be run under the account {account.name!r} here.",
            advice=f"Allow it (CAP_SETUID; owner of {data or data_dir}), or start TaskHub under an ordinary account, "
            f"{OTHER_DATABASE}.",
        )
    folder = known or _choose_folder(data_dir, account)
    _ensure_owned(folder, 0o710, account)
    if not can_enter(account, folder):
        raise failure(
            f"PostgreSQL runs under the account {account.name!r}, which can't reach {folder}.",
            advice="Allow it to pass the folders above (chmod o+x), or move the data folder to a place it can reach.",
        )
    if folder.parent != data_dir:
        _record(data_dir, folder, account)
    return Placement(Layout(folder), account, _executable_binaries(account, deadline))


def _choose_folder(data_dir: Path, account: Account) -> Path:
    if can_enter(account, data_dir):
        return data_dir / "postgres"
    name = f"{data_dir.name}-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]}"
    return _system_folder() / "clusters" / name


def _system_folder() -> Path:
    for folder in (SYSTEM_FOLDER, SYSTEM_FOLDER / "clusters"):
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
    if owner_of(SYSTEM_FOLDER).uid != 0:
        raise failure(
            f"{SYSTEM_FOLDER} is not root's, so root may not trust it.",
            advice="Give it to root, or choose a data folder that other accounts can reach.",
        )
    return SYSTEM_FOLDER


def _ensure_owned(folder: Path, mode: int, account: Account | None = None) -> None:
    folder.mkdir(exist_ok=True, mode=0o700)
    if folder.is_symlink():
        raise failure(f"{folder} is a link, perhaps to what isn't ours.", advice="Put the folder itself in its place.")
    if sys.platform == "win32":
        return
    owner = owner_of(folder)
    if owner.uid != os.geteuid():
        raise failure(
            f"{folder} belongs to the account {owner.name!r}.",
            advice="Run TaskHub under that account, or choose another data folder.",
        )
    if account is not None and owner.gid != account.gid:
        os.chown(folder, -1, account.gid)
    if folder.stat().st_mode & 0o777 != mode:
        folder.chmod(mode)


def _record(data_dir: Path, folder: Path, account: Account) -> None:
    record = data_dir / RECORD
    if not record.exists():
        _log.warning(
            "the account %r, which runs PostgreSQL for root, can't reach %s: the data is kept in %s",
            account.name,
            data_dir,
            folder,
        )
        partial = record.with_suffix(f".{os.getpid()}")
        partial.write_text(f"{folder}\nThe database is kept there: PostgreSQL can't reach this place.\n", "utf-8")
        partial.replace(record)


def _executable_binaries(account: Account, deadline: Deadline) -> Binaries:
    binaries = installed_binaries()
    if can_execute(account, binaries.tool("postgres")):
        return binaries
    binaries = copy_binaries(binaries, _system_folder(), deadline)
    if not can_execute(account, binaries.tool("postgres")):
        raise failure(
            f"The account {account.name!r} can't execute PostgreSQL, not even the copy in {binaries.site}.",
            advice="Mount that place without noexec, or install TaskHub where every account can read it.",
        )
    return binaries
