"""Databases of the server that the tests run on: clones of a migrated one, and empty ones."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

from support.harness.waiting import PROGRAM_SECONDS

TEMPLATE = "taskhub_template"
"""The migrated database. Nobody connects to it, or it could not be cloned."""

_NODES = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '{TEMPLATE}'"
_SETTINGS = f"""
SELECT split_part(setting, '=', 1) AS name, split_part(setting, '=', 2) AS value
FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS setting
WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = '{TEMPLATE}')
"""


async def fetch(url: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        rows: list[asyncpg.Record] = await connection.fetch(query)
        return rows
    finally:
        await connection.close()


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


@contextmanager
def cloned_database(template_url: str) -> Iterator[str]:
    """A migrated database, for as long as the block lasts. Gives its URL."""
    with _database(template_url, f' TEMPLATE "{TEMPLATE}"') as url:
        yield url


@contextmanager
def empty_database(template_url: str) -> Iterator[str]:
    """One without tables; on a cluster a plain database of its first node."""
    with _database(template_url, "") as url:
        yield url


async def note_nodes(template_url: str, nodes: Sequence[str]) -> None:
    """Of a cluster: on which servers the template is, beside the one that is connected to."""
    await execute(with_database(template_url, "postgres"), f"COMMENT ON DATABASE \"{TEMPLATE}\" IS '{' '.join(nodes)}'")


@contextmanager
def _database(template_url: str, source: str) -> Iterator[str]:
    name, first = f"taskhub_{uuid4().hex}", with_database(template_url, "postgres")
    servers = [first, *(_run(other_nodes(first)) if source else ())]
    try:
        for server in servers:
            _run(execute(server, f'CREATE DATABASE "{name}"{source}'))
        if source:
            for server in servers:
                _run(_take_settings(server, name))
        yield with_database(template_url, name)
    finally:
        for server in servers:
            _run(execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def other_nodes(server: str) -> list[str]:
    [(nodes,)] = await fetch(server, _NODES)
    return (nodes or "").split()


async def _take_settings(server: str, name: str) -> None:
    """PostgreSQL doesn't copy those."""
    settings = await fetch(server, _SETTINGS)
    await execute(server, *(f"ALTER DATABASE \"{name}\" SET {one['name']} = '{one['value']}'" for one in settings))


def _run(coroutine: Any) -> Any:
    """In a thread of its own: the caller may be in a loop, or not."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result(PROGRAM_SECONDS)
