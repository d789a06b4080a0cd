"""The second floor: the same, membership included, in one statement for each request."""

from typing import Any
from uuid import UUID

from benchmarks.floor.auth import Claims, Refused
from benchmarks.floor.store import Change, Draft, Position, first_changes
from benchmarks.floor.views import COLUMNS, Task, encode, task_of

_MAY = """EXISTS (
    SELECT FROM members m
    JOIN workspaces w ON w.id = m.workspace_id
    JOIN sessions s ON s.user_id = m.user_id
    WHERE m.workspace_id = $1 AND m.user_id = $2 AND m.role >= {role} AND m.left_at IS NULL AND w.deleted_at IS NULL
        AND s.id = $3 AND s.expires_at > now()
)"""
_MAY_READ, _MAY_WRITE = _MAY.format(role=1), _MAY.format(role=2)
_OF_WORKSPACE = f"SELECT {COLUMNS} FROM tasks t WHERE t.workspace_id = $1 AND t.deleted_at IS NULL AND {_MAY_READ}"
_NEWEST_FIRST = "ORDER BY t.created_at DESC, t.id DESC LIMIT"

GET = f"{_OF_WORKSPACE} AND t.id = $4"
FIRST_PAGE = f"{_OF_WORKSPACE} {_NEWEST_FIRST} $4"
NEXT_PAGE = f"{_OF_WORKSPACE} AND (t.created_at, t.id) < ($5, $6) {_NEWEST_FIRST} $4"
_COUNTER = """
counter AS (
    INSERT INTO event_streams AS s (stream_id, last_seq, moved_at) SELECT $1, 1, {now} FROM task
    ON CONFLICT (stream_id) DO UPDATE SET last_seq = s.last_seq + 1, moved_at = excluded.moved_at
    RETURNING last_seq
)"""
_ADD_EVENT = """
INSERT INTO events (stream_id, seq, id, type, schema, entity_type, entity_id, entity_version, actor_id, occurred_at, request_id,
    changes, snapshot)"""
CREATE = f"""
WITH project AS (
    UPDATE projects SET last_number = last_number + 1
    WHERE workspace_id = $1 AND id = $4 AND deleted_at IS NULL AND archived_at IS NULL AND {_MAY_WRITE}
    RETURNING key, last_number AS number
),
task AS (
    INSERT INTO tasks (workspace_id, id, project_id, project_key, number, title, description, status, status_category, priority,
        assignee_ids, created_by_id, version, created_at, updated_at)
    SELECT $1, $5, $4, key, number, $6, $7, 'todo', 'todo', 0, '{{}}', $2, 1, $8::timestamptz, $8 FROM project
    RETURNING project_key || '-' || number AS key, number
),
{_COUNTER.format(now="$8")},
event AS (
    {_ADD_EVENT}
    SELECT $1, last_seq, $9, 'task.created', 1, 'task', $5, 1, $2, $8, $10,
        $11::jsonb || jsonb_build_object('number', jsonb_build_array(NULL, number), 'key', jsonb_build_array(NULL, key)),
        $12::jsonb || jsonb_build_object('number', number, 'key', key)
    FROM counter, task
)
SELECT number, key FROM task
"""
_DIFFERENCE = """CASE WHEN old.{name} IS DISTINCT FROM t.{name}
    THEN jsonb_build_object('{name}', jsonb_build_array(old.{name}, t.{name})) ELSE '{{}}' END"""
CHANGE = f"""
WITH old AS (
    SELECT o.workspace_id, o.id, o.title, o.description
    FROM tasks o JOIN projects p ON p.workspace_id = o.workspace_id AND p.id = o.project_id
    WHERE o.workspace_id = $1 AND o.id = $4 AND o.version = $5 AND o.deleted_at IS NULL AND p.archived_at IS NULL AND {_MAY_WRITE}
        AND ($6 AND o.title IS DISTINCT FROM $7 OR $8 AND o.description IS DISTINCT FROM $9)
    FOR UPDATE OF o
),
task AS (
    UPDATE tasks t SET
        title = CASE WHEN $6 THEN $7 ELSE t.title END,
        description = CASE WHEN $8 THEN $9 ELSE t.description END,
        version = t.version + 1,
        updated_at = $10::timestamptz
    FROM old WHERE t.workspace_id = old.workspace_id AND t.id = old.id AND t.workspace_id = $1
    RETURNING {COLUMNS}, {_DIFFERENCE.format(name="title")} || {_DIFFERENCE.format(name="description")} AS changes
),
{_COUNTER.format(now="$10")},
event AS (
    {_ADD_EVENT}
    SELECT $1, last_seq, $11, 'task.updated', 1, 'task', $4, $5 + 1, $2, $10, $12, task.changes,
        before.snapshot || jsonb_build_object('title', title, 'description', description, 'version', version) || $13::jsonb
    FROM counter, task, events before
    WHERE before.stream_id = $1 AND before.entity_id = $4 AND before.entity_version = $5
)
SELECT {COLUMNS} FROM task t
"""


class Single:
    def __init__(self, pool: Any) -> None:
        self.pool = pool

    async def task(self, claims: Claims, workspace_id: UUID, task_id: UUID) -> Any:
        row = await self.pool.fetchrow(GET, workspace_id, claims.user_id, claims.session_id, task_id)
        if row is None:
            raise Refused(404)
        return row

    async def page(self, claims: Claims, workspace_id: UUID, after: Position, limit: int) -> list[Any]:
        who = (workspace_id, claims.user_id, claims.session_id)
        if after is None:
            return list(await self.pool.fetch(FIRST_PAGE, *who, limit))
        return list(await self.pool.fetch(NEXT_PAGE, *who, limit, *after))

    async def create(self, draft: Draft) -> Task:
        body, claims = draft.body, draft.claims
        task = draft.task(0, "")
        changes = first_changes(task)
        row = await self.pool.fetchrow(
            CREATE,
            draft.workspace_id,
            claims.user_id,
            claims.session_id,
            body.project_id,
            draft.id,
            body.title,
            body.description,
            draft.now,
            draft.event_id,
            draft.request_id,
            encode(changes).decode(),
            encode(task).decode(),
        )
        if row is None:
            raise Refused(422)
        task.number, task.key = row
        return task

    async def change(self, change: Change) -> Task:
        claims, changes = change.claims, change.changes
        row = await self.pool.fetchrow(
            CHANGE,
            change.workspace_id,
            claims.user_id,
            claims.session_id,
            change.task_id,
            change.version,
            "title" in changes,
            changes.get("title"),
            "description" in changes,
            changes.get("description"),
            change.now,
            change.event_id,
            change.request_id,
            encode({"updated_at": change.now}).decode(),
        )
        return task_of(row) if row is not None else await self._unchanged(change)

    async def _unchanged(self, change: Change) -> Task:
        """Why nothing happened: not there, at another version, or as wanted already."""
        task = task_of(await self.task(change.claims, change.workspace_id, change.task_id))
        if task.version != change.version:
            raise Refused(412)
        return task
