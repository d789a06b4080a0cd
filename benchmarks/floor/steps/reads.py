"""Tasks, read. A filtered list is found in the index, which holds all that it is filtered by; then its rows are read."""

from typing import Any
from uuid import UUID

from benchmarks.floor.auth import Claims, Refused
from benchmarks.floor.grants import VIEWER, require
from benchmarks.floor.steps.base import Part
from benchmarks.floor.store import Filter, Position
from benchmarks.floor.views import COLUMNS

GET = f"SELECT {COLUMNS} FROM tasks t WHERE t.workspace_id = $1 AND t.id = $2 AND t.deleted_at IS NULL"
LIST = f"SELECT {COLUMNS} FROM tasks t WHERE t.workspace_id = $1 AND t.deleted_at IS NULL"
NEWEST_FIRST = "ORDER BY t.created_at DESC, t.id DESC"
FIRST_PAGE = f"{LIST} {NEWEST_FIRST} LIMIT $2"
NEXT_PAGE = f"{LIST} AND (t.created_at, t.id) < ($3, $4) {NEWEST_FIRST} LIMIT $2"
_FOUND = """
    SELECT t.id FROM tasks t WHERE t.workspace_id = $1 AND t.deleted_at IS NULL
        AND t.label_ids && $3::uuid[] AND t.assignee_ids && $4::uuid[] AND t.status = ANY($5::text[])"""
_ROWS = f"SELECT {COLUMNS} FROM found JOIN tasks t ON t.workspace_id = $1 AND t.id = found.id {NEWEST_FIRST}"
FIRST_FILTERED = f"WITH found AS ({_FOUND} {NEWEST_FIRST} LIMIT $2) {_ROWS}"
NEXT_FILTERED = f"WITH found AS ({_FOUND} AND (t.created_at, t.id) < ($6, $7) {NEWEST_FIRST} LIMIT $2) {_ROWS}"


class Reads(Part):
    async def task(self, claims: Claims, workspace_id: UUID, task_id: UUID) -> Any:
        async with self.pool.acquire() as connection:
            await require(VIEWER, connection, workspace_id, claims)
            row = await connection.fetchrow(GET, workspace_id, task_id)
        if row is None:
            raise Refused(404)
        return row

    async def page(self, claims: Claims, workspace_id: UUID, chosen: Filter | None, after: Position, limit: int) -> list[Any]:
        async with self.pool.acquire() as connection:
            await require(VIEWER, connection, workspace_id, claims)
            if chosen is not None:
                query, values = (FIRST_FILTERED if after is None else NEXT_FILTERED), (*chosen, *(after or ()))
            else:
                query, values = (FIRST_PAGE if after is None else NEXT_PAGE), after or ()
            return list(await connection.fetch(query, workspace_id, limit, *values))
