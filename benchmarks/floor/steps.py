"""The first floor: one statement for each step; reads in autocommit, writes between BEGIN and COMMIT."""

from typing import Any
from uuid import UUID

import msgspec
from benchmarks.floor.auth import Claims, Refused
from benchmarks.floor.grants import MEMBER, VIEWER, require
from benchmarks.floor.store import Change, Draft, Position, first_changes
from benchmarks.floor.views import COLUMNS, Task, encode, task_of

GET = f"SELECT {COLUMNS} FROM tasks t WHERE t.workspace_id = $1 AND t.id = $2 AND t.deleted_at IS NULL"
LIST = f"SELECT {COLUMNS} FROM tasks t WHERE t.workspace_id = $1 AND t.deleted_at IS NULL"
NEWEST_FIRST = "ORDER BY t.created_at DESC, t.id DESC LIMIT"
FIRST_PAGE = f"{LIST} {NEWEST_FIRST} $2"
NEXT_PAGE = f"{LIST} AND (t.created_at, t.id) < ($3, $4) {NEWEST_FIRST} $2"
TAKE_NUMBER = """
UPDATE projects SET last_number = last_number + 1
WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL AND archived_at IS NULL
RETURNING key, last_number
"""
ADD_TASK = """
INSERT INTO tasks (workspace_id, id, project_id, project_key, number, title, description, status, status_category, priority,
    assignee_ids, created_by_id, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'todo', 'todo', 0, '{}', $8, 1, $9, $9)
"""
LOCK_TASK = f"""
SELECT {COLUMNS}, p.archived_at IS NULL AS is_open
FROM tasks t JOIN projects p ON p.workspace_id = t.workspace_id AND p.id = t.project_id
WHERE t.workspace_id = $1 AND t.id = $2 AND t.deleted_at IS NULL
FOR UPDATE OF t
"""
CHANGE_TASK = """
UPDATE tasks SET title = $4, description = $5, version = $3 + 1, updated_at = $6
WHERE workspace_id = $1 AND id = $2 AND version = $3
"""
COUNT = """
INSERT INTO event_streams AS s (stream_id, last_seq, moved_at) VALUES ($1, 1, $2)
ON CONFLICT (stream_id) DO UPDATE SET last_seq = s.last_seq + 1, moved_at = excluded.moved_at
RETURNING last_seq
"""
ADD_EVENT = """
INSERT INTO events (stream_id, seq, id, type, schema, entity_type, entity_id, entity_version, actor_id, occurred_at, request_id,
    changes, snapshot)
VALUES ($1, $2, $3, $4, 1, 'task', $5, $6, $7, $8, $9, $10, $11)
"""


class Steps:
    def __init__(self, pool: Any) -> None:
        self.pool = pool

    async def task(self, claims: Claims, workspace_id: UUID, task_id: UUID) -> Any:
        async with self.pool.acquire() as connection:
            await require(VIEWER, connection, workspace_id, claims)
            row = await connection.fetchrow(GET, workspace_id, task_id)
        if row is None:
            raise Refused(404)
        return row

    async def page(self, claims: Claims, workspace_id: UUID, after: Position, limit: int) -> list[Any]:
        async with self.pool.acquire() as connection:
            await require(VIEWER, connection, workspace_id, claims)
            if after is None:
                return list(await connection.fetch(FIRST_PAGE, workspace_id, limit))
            return list(await connection.fetch(NEXT_PAGE, workspace_id, limit, *after))

    async def create(self, draft: Draft) -> Task:
        workspace_id, body, now, user_id = draft.workspace_id, draft.body, draft.now, draft.claims.user_id
        async with self.pool.acquire() as connection, connection.transaction():
            await require(MEMBER, connection, workspace_id, draft.claims)
            project = await connection.fetchrow(TAKE_NUMBER, workspace_id, body.project_id)
            if project is None:
                raise Refused(422)
            key, number = project
            await connection.execute(
                ADD_TASK, workspace_id, draft.id, body.project_id, key, number, body.title, body.description, user_id, now
            )
            task = draft.task(number, f"{key}-{number}")
            await self._log(connection, draft, "task.created", task, first_changes(task))
        return task

    async def change(self, change: Change) -> Task:
        async with self.pool.acquire() as connection, connection.transaction():
            await require(MEMBER, connection, change.workspace_id, change.claims)
            row = await connection.fetchrow(LOCK_TASK, change.workspace_id, change.task_id)
            if row is None:
                raise Refused(404)
            *values, is_open = row
            task = task_of(values)
            if task.version != change.version:
                raise Refused(412)
            if not is_open:
                raise Refused(409)
            changes = {
                name: (getattr(task, name), value) for name, value in change.changes.items() if getattr(task, name) != value
            }
            if not changes:
                return task
            task = msgspec.structs.replace(task, **change.changes, version=task.version + 1, updated_at=change.now)
            await connection.execute(
                CHANGE_TASK, change.workspace_id, task.id, change.version, task.title, task.description, change.now
            )
            await self._log(connection, change, "task.updated", task, changes)
        return task

    async def _log(self, connection: Any, cause: Draft | Change, type: str, task: Task, changes: dict[str, Any]) -> None:
        """Appends the event. The counter comes last before COMMIT, so that numbers have no gap and stand in commit order."""
        workspace_id, user_id = cause.workspace_id, cause.claims.user_id
        snapshot, differences = encode(task).decode(), encode(changes).decode()
        seq = await connection.fetchval(COUNT, workspace_id, cause.now)
        await connection.execute(
            ADD_EVENT,
            workspace_id,
            seq,
            cause.event_id,
            type,
            task.id,
            task.version,
            user_id,
            cause.now,
            cause.request_id,
            differences,
            snapshot,
        )
