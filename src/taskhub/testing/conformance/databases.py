"""A migrated PostgreSQL database of this process's own, where the author of a suite names none."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from taskhub.embedded import EmbeddedPostgres
from taskhub.modules.discovery import installed_modules
from taskhub.schema.migrate import migrate
from taskhub.testing.held_folders import own_folder
from taskhub.testing.options import default_cache
from taskhub.testing.prepared_cluster import remove_cluster

T = TypeVar("T")


async def execute(url: str, *statements: str) -> None:
    """Runs statements one by one, outside any transaction."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine in a thread of its own: the caller may be in a loop, or not."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@contextmanager
def embedded_server() -> Iterator[str]:
    """An embedded PostgreSQL for this process alone: it is made in less than a second. Gives the URL of its `postgres`."""
    place = default_cache() / "conformance"
    with own_folder(place, remove_cluster) as folder, EmbeddedPostgres(folder, durable=False).running() as address:
        yield address.url("postgres")


@contextmanager
def empty_database(server_url: str) -> Iterator[str]:
    """A new database on the server that a URL is of."""
    name, maintenance = f"conformance_{uuid4().hex}", with_database(server_url, "postgres")
    run(execute(maintenance, f'CREATE DATABASE "{name}"'))
    try:
        yield with_database(server_url, name)
    finally:
        run(execute(maintenance, f'DROP DATABASE "{name}" WITH (FORCE)'))


@contextmanager
def migrated_database(server_url: str) -> Iterator[str]:
    """A new database on the server that a URL is of, with the tables of this installation."""
    with empty_database(server_url) as url:
        run(migrate(url, installed_modules().revisions))
        yield url


@contextmanager
def own_database() -> Iterator[str]:
    with embedded_server() as server_url, migrated_database(server_url) as url:
        yield url
