"""Filters by label, assignee and status that find something."""

from typing import NamedTuple
from uuid import UUID

import asyncpg
from benchmarks.database import plain

_FILTERS = """
SELECT workspace_id, label_id, assignee_id, status, count(*)
FROM tasks, unnest(label_ids) AS label_id, unnest(assignee_ids) AS assignee_id
WHERE workspace_id = ANY($1::uuid[]) AND deleted_at IS NULL
GROUP BY workspace_id, label_id, assignee_id, status
ORDER BY count(*) DESC, workspace_id, label_id, assignee_id, status
"""


class Filter(NamedTuple):
    """``finds``: how many tasks."""

    workspace_id: UUID
    label_id: UUID
    assignee_id: UUID
    status: str
    finds: int

    @property
    def query(self) -> str:
        return f"label_id={self.label_id}&assignee_id={self.assignee_id}&status={self.status}"


async def filters_of(database_url: str, workspace_ids: list[UUID]) -> list[Filter]:
    """All of these workspaces, those that find the most first."""
    connection = await asyncpg.connect(plain(database_url))
    try:
        return [Filter(*row) for row in await connection.fetch(_FILTERS, workspace_ids)]
    finally:
        await connection.close()
