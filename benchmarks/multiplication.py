"""Many workspaces from a few: copied within the database, many times as fast as things are made one by one.

A copy differs from its original in the id of its workspace, wherever that stands, and in the ids of its events. Projects, tasks
and people are in it under the same ids: every key and every statement begins with the workspace.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple
from uuid import UUID

import asyncpg

_CONNECTIONS = 2
_KEYS = {
    "events": "stream_id",
    "tasks": "workspace_id",
    "projects": "workspace_id",
    "labels": "workspace_id",
    "members": "workspace_id",
    "event_streams": "stream_id",
    "workspaces": "id",
}
"""What belongs to a workspace, and the column that says to which one. What takes longest comes first."""
_LARGE = ("events", "tasks")
_PREPARE = """
SET maintenance_work_mem = '1GB';
CREATE FUNCTION pg_temp.copied_id(id uuid, copy int) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN overlay(id::text PLACING lpad(to_hex(copy), 4, '0') FROM 33)::uuid;
"""
_INDEXES = """
SELECT relname AS name, pg_get_indexdef(indexrelid) AS definition, indisprimary AS is_key
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = $1::text::regclass
ORDER BY pg_relation_size(indexrelid) DESC
"""
_COLUMNS = """
SELECT attname AS name, atttypid = 'jsonb'::regtype AS is_json
FROM pg_attribute
WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
"""


class _Index(NamedTuple):
    table: str
    name: str
    definition: str
    is_key: bool

    @property
    def removal(self) -> str:
        return f"ALTER TABLE {self.table} DROP CONSTRAINT {self.name}" if self.is_key else f"DROP INDEX {self.name}"

    @property
    def promotion(self) -> str:
        return f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} PRIMARY KEY USING INDEX {self.name}"


def copied_id(workspace_id: UUID, copy: int) -> UUID:
    """The id of a copy: the last sixteen bits tell which one it is."""
    return UUID(int=workspace_id.int & ~0xFFFF | copy)


async def multiply(database_url: str, copies: int) -> None:
    """Replaces each workspace by ``copies`` of it, and scatters their rows among each other, as they would be.

    Large tables get their indexes when they are full, which takes a fraction of the time. Statistics are left as they are.
    """
    async with _connections(database_url) as connections:
        first = connections[0]
        indexes = [index for table in _LARGE for index in await _indexes(first, table)]
        for index in indexes:
            await first.execute(index.removal)
        await _share(connections, [await _set_aside(first, table, key, copies) for table, key in _KEYS.items()])
        await _share(connections, [index.definition for index in indexes])
        for index in indexes:
            if index.is_key:
                await first.execute(index.promotion)
        for table in _KEYS:
            await first.execute(f"DROP TABLE original_{table}")


@asynccontextmanager
async def _connections(database_url: str) -> AsyncIterator[list[asyncpg.Connection]]:
    async with AsyncExitStack() as stack:
        connections = []
        for _ in range(_CONNECTIONS):
            connection = await asyncpg.connect(database_url)
            stack.push_async_callback(connection.close)
            await connection.execute(_PREPARE)
            connections.append(connection)
        yield connections


async def _indexes(connection: asyncpg.Connection, table: str) -> list[_Index]:
    return [_Index(table, *row) for row in await connection.fetch(_INDEXES, table)]


async def _set_aside(connection: asyncpg.Connection, table: str, key: str, copies: int) -> str:
    """Moves what belongs to workspaces out of a table. Returns the statement that fills it with copies of that."""
    columns = await connection.fetch(_COLUMNS, table)
    names = ", ".join(column["name"] for column in columns)
    which = f"{key} IN (SELECT id FROM workspaces)"
    await connection.execute(f"CREATE UNLOGGED TABLE original_{table} AS SELECT {names} FROM {table} WHERE {which}")
    await connection.execute(f"DELETE FROM {table} WHERE {which}")
    await connection.execute(f"VACUUM {table}")
    new_key = f"pg_temp.copied_id({key}, copy)"
    values = {column["name"]: column["name"] for column in columns}
    values |= {
        column["name"]: f"replace({column['name']}::text, {key}::text, {new_key}::text)::jsonb"
        for column in columns
        if column["is_json"]
    }
    if table == "events":
        values |= {
            "id": "pg_temp.copied_id(id, copy)",
            "entity_id": f"CASE entity_id WHEN {key} THEN {new_key} ELSE entity_id END",
        }
    values[key] = new_key
    # The look at the key has each row made in all copies before the next one. Rows of one workspace would lie together otherwise.
    every = f"generate_series(0, CASE WHEN {key} IS NULL THEN -1 ELSE {copies - 1} END)"
    source = f"original_{table} CROSS JOIN LATERAL {every} AS copy"
    return f"INSERT INTO {table} ({names}) SELECT {', '.join(values[column['name']] for column in columns)} FROM {source}"


async def _share(connections: Iterable[asyncpg.Connection], statements: Iterable[str]) -> None:
    """Executes statements, as many at once as there are connections."""
    left = deque(statements)

    async def execute(connection: asyncpg.Connection) -> None:
        while left:
            await connection.execute(left.popleft())

    async with asyncio.TaskGroup() as group:
        for connection in connections:
            group.create_task(execute(connection))
