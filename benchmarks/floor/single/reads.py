"""Tasks, read."""

from typing import Any
from uuid import UUID

from benchmarks.floor.auth import Claims, Refused
from benchmarks.floor.single.base import MAY_READ, Part
from benchmarks.floor.store import Filter, Position
from benchmarks.floor.views import COLUMNS

_OF_WORKSPACE = f"FROM tasks t WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND {MAY_READ}"
_NEWEST_FIRST = "ORDER BY t.created_at DESC, t.id DESC"
_AFTER = "AND (t.created_at, t.id) <"

GET = f"SELECT {COLUMNS} {_OF_WORKSPACE} AND t.id = $4"
FIRST_PAGE = f"SELECT {COLUMNS} {_OF_WORKSPACE} {_NEWEST_FIRST} LIMIT $4"
NEXT_PAGE = f"SELECT {COLUMNS} {_OF_WORKSPACE} {_AFTER} ($5, $6) {_NEWEST_FIRST} LIMIT $4"
_FOUND = f"""
    SELECT t.id {_OF_WORKSPACE}
        AND t.label_ids && $5::uuid[] AND t.assignee_ids && $6::uuid[] AND t.status = ANY($7::text[])"""
_ROWS = f"SELECT {COLUMNS} FROM found JOIN tasks t ON t.workspace_id = $1 AND t.id = found.id {_NEWEST_FIRST}"
FIRST_FILTERED = f"WITH found AS ({_FOUND} {_NEWEST_FIRST} LIMIT $4) {_ROWS}"
NEXT_FILTERED = f"WITH found AS ({_FOUND} {_AFTER} ($8, $9) {_NEWEST_FIRST} LIMIT $4) {_ROWS}"


class Reads(Part):
    async def task(self, claims: Claims, workspace_id: UUID, task_id: UUID) -> Any:
        row = await self.pool.fetchrow(GET, workspace_id, claims.user_id, claims.session_id, task_id)
        if row is None:
            raise Refused(404)
        return row

    async def page(self, claims: Claims, workspace_id: UUID, chosen: Filter | None, after: Position, limit: int) -> list[Any]:
        if chosen is not None:
            query, values = (FIRST_FILTERED if after is None else NEXT_FILTERED), (*chosen, *(after or ()))
        else:
            query, values = (FIRST_PAGE if after is None else NEXT_PAGE), after or ()
        return list(await self.pool.fetch(query, workspace_id, claims.user_id, claims.session_id, limit, *values))
