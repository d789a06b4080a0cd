"""The database of the kit: a clone of what is prepared in the user's cache, where the author of a suite names none."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from taskhub.modules.discovery import installed_modules
from taskhub.schema.migrate import migrate
from taskhub.testing.client.launch import run_name
from taskhub.testing.cluster import TEMPLATE, throwaway_database
from taskhub.testing.options import default_cache

T = TypeVar("T")


@dataclass(frozen=True)
class MigratedDatabase:
    """A database with the tables of this installation.

    Attributes:
        url: where it is.
        template: another one on the same server that nobody is connected to, so that it can be cloned; None where there is none.
    """

    url: str
    template: str | None = None

    @contextmanager
    def another(self) -> Iterator[str]:
        """A new database beside it, with the same tables. Gives its URL."""
        name = f"conformance_{uuid4().hex}"
        url = with_database(self.url, name)
        source = f' TEMPLATE "{self.template}"' if self.template else ""
        run(execute(self.url, f'CREATE DATABASE "{name}"{source}'))
        try:
            if self.template is None:
                run(migrate(url, installed_modules().revisions))
            yield url
        finally:
            run(execute(self.url, f'DROP DATABASE "{name}" WITH (FORCE)'))


@contextmanager
def own_database() -> Iterator[MigratedDatabase]:
    """One for this process alone. All workers of pytest-xdist share its server."""
    with throwaway_database(default_cache(), run_name()) as url:
        yield MigratedDatabase(url, TEMPLATE)


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
