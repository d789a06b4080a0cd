"""Runs PostgreSQL's programs: server programs under the server's account, clients under our own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from taskhub.embedded.account import Account
from taskhub.embedded.address import DATABASE, USER, Address
from taskhub.embedded.binaries import tool
from taskhub.embedded.errors import failure
from taskhub.embedded.subprocesses import Completed, run

_SECONDS_TO_CONNECT = 5
_SECONDS_TO_TRY = 30.0


def run_as(
    account: Account | None,
    command: Sequence[str | Path],
    *,
    settings: Mapping[str, str] | None = None,
    inherit: Sequence[int] = (),
    output: IO[bytes] | None = None,
    feed: str = "",
    timeout: float,
) -> Completed:
    """Run a program of the server to its end, under the account if one is given.

    All it says goes to `output`, else into the result's `stdout`. `inherit`: descriptors that it and its children keep.
    `timeout` is in seconds. Raises EmbeddedPostgresError when time runs out, OSError when it can't be executed.
    """
    options: dict[str, Any] = {"input": feed, "stdout": output or subprocess.PIPE, "stderr": subprocess.STDOUT}
    if sys.platform != "win32":
        options |= {"pass_fds": tuple(inherit), "umask": 0o077, "start_new_session": True}
    if account is not None:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    try:
        return run(command, settings, timeout=timeout, **options)
    except subprocess.TimeoutExpired as error:
        raise failure(f"{command[0]} did not end within {timeout:.0f} s.") from error


def can_become(account: Account) -> bool:
    """Whether this process may start programs under the account."""
    try:
        return run_as(account, ["/bin/sh", "-c", ":"], timeout=_SECONDS_TO_TRY).returncode == 0
    except OSError:
        return False


def can_enter(account: Account, folder: Path) -> bool:
    """Whether the account reaches the folder. It is tried, which also covers access lists and security modules."""
    return run_as(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], timeout=_SECONDS_TO_TRY).returncode == 0


def can_execute(account: Account, program: Path) -> bool:
    """Whether the account may run the program."""
    try:
        return run_as(account, [program, "--version"], timeout=_SECONDS_TO_TRY).returncode == 0
    except OSError:
        return False


def run_client(
    name: str,
    *arguments: str | Path,
    address: Address | None = None,
    database: str = DATABASE,
    timeout: float | None = None,
) -> Completed:
    """Run one of PostgreSQL's client programs to its end, against a server if an address is given.

    The server has to prove that it knows our password too. `timeout` is in seconds. Raises EmbeddedPostgresError when time runs
    out, OSError when the program can't be executed.
    """
    settings = {}
    if address is not None:
        settings = {
            "PGHOST": address.host,
            "PGPORT": str(address.port),
            "PGUSER": USER,
            "PGPASSWORD": address.password,
            "PGDATABASE": database,
            "PGREQUIREAUTH": "scram-sha-256",
            "PGCONNECT_TIMEOUT": str(_SECONDS_TO_CONNECT),
            "PGAPPNAME": "taskhub",
        }
    try:
        return run([tool(name), *arguments], settings, timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise failure(f"{name} did not end within {timeout:.0f} s.") from error


def query(
    *statements: str, address: Address, database: str = DATABASE, together: bool = False, timeout: float | None = None
) -> Completed:
    """Run statements by `psql` up to the first error, `together` in one transaction. Rows come one per line.

    `timeout` is in seconds. Raises EmbeddedPostgresError when time runs out.
    """
    options = ["--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1"]
    options += ["--single-transaction"] * together
    options += [f"--command={statement}" for statement in statements]
    return run_client("psql", *options, address=address, database=database, timeout=timeout)
