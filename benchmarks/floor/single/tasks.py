"""Creating and changing a task."""

from benchmarks.floor.auth import Refused
from benchmarks.floor.single.base import ADD_EVENT, MAY_WRITE, counter
from benchmarks.floor.single.reads import Reads
from benchmarks.floor.store import Change, Draft
from benchmarks.floor.views import COLUMNS, Task, encode, first_changes, task_of

CREATE = f"""
WITH project AS (
    UPDATE projects SET last_number = last_number + 1, last_place = last_place + 1
    WHERE workspace_id = $1 AND id = $4 AND deleted_at IS NULL AND archived_at IS NULL AND {MAY_WRITE}
    RETURNING key, last_number AS number, last_place AS place, workflow #> '{{statuses,0}}' AS status
),
task AS (
    INSERT INTO tasks (workspace_id, id, project_id, project_key, number, rank, title, description, status, status_category,
        priority, assignee_ids, label_ids, blocked_by_ids, created_by_id, version, created_at, updated_at)
    SELECT $1, $5, $4, key, number, 'i' || lpad(place::text, 9, '0'), $6, $7, status ->> 'key', status ->> 'category',
        0, '{{}}', '{{}}', '{{}}', $2, 1, $8::timestamptz, $8
    FROM project
    RETURNING project_key || '-' || number AS key, number, status, status_category
),
{counter("task", "$8")},
event AS (
    {ADD_EVENT}
    SELECT $1, last_seq, $9, 'task.created', 1, 'task', $5, 1, $2, $8, $10,
        $11::jsonb || jsonb_build_object(
            'number', jsonb_build_array(NULL, number), 'key', jsonb_build_array(NULL, key),
            'status', jsonb_build_array(NULL, status), 'status_category', jsonb_build_array(NULL, status_category)
        ),
        $12::jsonb || jsonb_build_object('number', number, 'key', key, 'status', status, 'status_category', status_category)
    FROM counter, task
)
SELECT number, key, status, status_category FROM task
"""
_DIFFERENCE = """CASE WHEN old.{name} IS DISTINCT FROM t.{name}
    THEN jsonb_build_object('{name}', jsonb_build_array(old.{name}, t.{name})) ELSE '{{}}' END"""
CHANGE = f"""
WITH old AS (
    SELECT o.workspace_id, o.id, o.title, o.description
    FROM tasks o JOIN projects p ON p.workspace_id = o.workspace_id AND p.id = o.project_id
    WHERE o.workspace_id = $1 AND o.id = $4 AND o.version = $5 AND o.deleted_at IS NULL AND p.archived_at IS NULL AND {MAY_WRITE}
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
{counter("task", "$10")},
event AS (
    {ADD_EVENT}
    SELECT $1, last_seq, $11, 'task.updated', 1, 'task', $4, $5 + 1, $2, $10, $12, task.changes,
        before.snapshot || jsonb_build_object('title', title, 'description', description, 'version', version) || $13::jsonb
    FROM counter, task, events before
    WHERE before.stream_id = $1 AND before.entity_id = $4 AND before.entity_version = $5
)
SELECT {COLUMNS} FROM task t
"""


class Tasks(Reads):
    async def create(self, draft: Draft) -> Task:
        body, claims = draft.body, draft.claims
        task = draft.task(0, "", "", "")
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
        task.number, task.key, task.status, task.status_category = row
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
