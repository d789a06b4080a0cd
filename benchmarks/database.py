"""The PostgreSQL that is measured on: the embedded one, or the one that `BENCH_DATABASE_URL` names."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from taskhub.embedded import EmbeddedPostgres
from taskhub.modules.discovery import installed_modules
from taskhub.schema.migrate import migrate

OVERRIDE = "BENCH_DATABASE_URL"
"""A server where this may create and drop databases of its own; the database in the URL is only connected to."""

REMOVE_SECONDS = 5


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a running server, durable as in production."""
    given = os.environ.get(OVERRIDE)
    if given:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="taskhub-bench-"))
    # Within reach of the account that runs PostgreSQL for root, so that the data is in here, and goes with it.
    folder.chmod(0o755)
    try:
        with EmbeddedPostgres(folder).running() as address:
            yield address.url("postgres")
    finally:
        _remove(folder)


@contextmanager
def fresh_database(server_url: str, name: str) -> Iterator[str]:
    """A migrated database of this name; one that was left behind is replaced."""
    url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    asyncio.run(_execute(server_url, drop, f'CREATE DATABASE "{name}"'))
    try:
        asyncio.run(migrate(url, installed_modules().revisions))
        yield url
    finally:
        asyncio.run(_execute(server_url, drop))


def plain(url: str) -> str:
    """The URL as the driver wants it."""
    return url.replace("postgresql+asyncpg://", "postgresql://", 1)


def server_version(url: str) -> str:
    async def ask() -> str:
        connection = await asyncpg.connect(plain(url))
        try:
            return str(await connection.fetchval("SHOW server_version"))
        finally:
            await connection.close()

    return asyncio.run(ask())


def _remove(folder: Path) -> None:
    """As often as it takes: the server's watchdog, on its way out, may write a file into what is being removed."""
    deadline = time.monotonic() + REMOVE_SECONDS
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


async def _execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(plain(url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
