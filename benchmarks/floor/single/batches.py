"""Creating or changing many tasks, all or none.

A change sees the log as it was when it began. Where it had to wait for a task that somebody else was changing, it finds no
event of the task's version, does nothing, and is sent again.
"""

from typing import Any

from benchmarks.floor.auth import Refused
from benchmarks.floor.single.base import ADD_EVENTS, ATTEMPTS, MAY_WRITE, Part, counter
from benchmarks.floor.store import Batch, Drafts
from benchmarks.floor.views import COLUMNS, Task, encode, first_changes, task_of
from uuid_utils.compat import uuid7

CREATE = f"""
WITH project AS (
    UPDATE projects SET last_number = last_number + cardinality($5::uuid[]), last_place = last_place + cardinality($5::uuid[])
    WHERE workspace_id = $1 AND id = $4 AND deleted_at IS NULL AND archived_at IS NULL AND {MAY_WRITE}
    RETURNING key, last_number - cardinality($5::uuid[]) AS number, last_place - cardinality($5::uuid[]) AS place,
        workflow #> '{{statuses,0}}' AS status
),
item AS (
    SELECT * FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::jsonb[], $10::jsonb[]) WITH ORDINALITY
        AS item (id, event_id, title, description, changes, snapshot, n)
),
task AS (
    INSERT INTO tasks (workspace_id, id, project_id, project_key, number, rank, title, description, status, status_category,
        priority, assignee_ids, label_ids, blocked_by_ids, created_by_id, version, created_at, updated_at)
    SELECT $1, item.id, $4, key, number + n, 'i' || lpad((place + n)::text, 9, '0'), title, description, status ->> 'key',
        status ->> 'category', 0, '{{}}', '{{}}', '{{}}', $2, 1, $11::timestamptz, $11
    FROM project, item
    RETURNING id, project_key || '-' || number AS key, number, status, status_category
),
{counter("task HAVING count(*) > 0", "$11", "count(*)")},
event AS (
    {ADD_EVENTS}
    SELECT $1, last_seq - cardinality($5::uuid[]) + n, item.event_id, 'task.created', 1, 'task', task.id, 1, $2, $11, $12,
        item.changes || jsonb_build_object(
            'number', jsonb_build_array(NULL, number), 'key', jsonb_build_array(NULL, key),
            'status', jsonb_build_array(NULL, status), 'status_category', jsonb_build_array(NULL, status_category)
        ),
        item.snapshot
            || jsonb_build_object('number', number, 'key', key, 'status', status, 'status_category', status_category),
        CASE WHEN n > 1 THEN last_seq - cardinality($5::uuid[]) + 1 END
    FROM counter, task JOIN item USING (id)
)
SELECT key, number + cardinality($5::uuid[]) AS last_number, status ->> 'key', status ->> 'category' FROM project
"""
_DUE = "jsonb_build_object('date', task.date, 'time', NULL, 'time_zone', NULL)"
CHANGE = f"""
WITH project AS (
    SELECT p.id FROM projects p
    WHERE p.workspace_id = $1 AND p.archived_at IS NULL AND {MAY_WRITE}
        AND p.id IN (SELECT project_id FROM tasks WHERE workspace_id = $1 AND id = ANY($4::uuid[]))
    ORDER BY p.id
    FOR KEY SHARE
),
old AS (
    SELECT {COLUMNS} FROM tasks t
    WHERE t.workspace_id = $1 AND t.id = ANY($4) AND t.deleted_at IS NULL AND t.project_id = ANY(ARRAY(SELECT id FROM project))
    ORDER BY t.id
    FOR UPDATE
),
before AS (
    SELECT e.entity_id, e.snapshot
    FROM old JOIN events e ON e.stream_id = $1 AND e.entity_id = old.id AND e.entity_version = old.version
),
task AS (
    UPDATE tasks t SET due_date = item.date, due_time = NULL, due_time_zone = NULL, due_at = NULL,
        due_ends_at = (item.date + time '23:59:59.999999') AT TIME ZONE 'UTC', version = t.version + 1,
        updated_at = $7::timestamptz
    FROM old JOIN unnest($4, $5::date[], $6::uuid[]) AS item (id, date, event_id) USING (id)
    WHERE t.workspace_id = $1 AND t.id = old.id AND (SELECT count(*) FROM before) = cardinality($4)
        AND (old.due_date, old.due_time, old.due_time_zone) IS DISTINCT FROM (item.date, NULL::time, NULL::text)
    RETURNING t.id, t.version, item.date, item.event_id
),
{counter("task HAVING count(*) > 0", "$7", "count(*)")},
event AS (
    {ADD_EVENTS}
    SELECT $1, last_seq - (SELECT count(*) FROM task) + row_number() OVER by_id, task.event_id, 'task.updated', 1,
        'task', task.id, task.version, $2, $7, $8,
        jsonb_build_object('due', jsonb_build_array(before.snapshot -> 'due', {_DUE}))
            || CASE WHEN before.snapshot ->> 'due_at' IS NULL THEN '{{}}'
                ELSE jsonb_build_object('due_at', jsonb_build_array(before.snapshot -> 'due_at', NULL)) END,
        before.snapshot || jsonb_build_object('due', {_DUE}, 'due_at', NULL, 'version', task.version) || $9::jsonb,
        CASE WHEN row_number() OVER by_id > 1 THEN last_seq - (SELECT count(*) FROM task) + 1 END
    FROM counter, task JOIN before ON before.entity_id = task.id
    WINDOW by_id AS (ORDER BY task.id)
)
SELECT {COLUMNS}, (SELECT count(*) FROM before) = cardinality($4) AS is_done FROM old t
"""


class Batches(Part):
    async def create_many(self, drafts: Drafts) -> list[Task]:
        told = drafts.tasks(0, "", "", "")
        row = await self.pool.fetchrow(
            CREATE,
            drafts.workspace_id,
            drafts.claims.user_id,
            drafts.claims.session_id,
            drafts.project_id,
            list(drafts.bodies),
            [uuid7() for _ in told],
            [task.title for task in told],
            [task.description for task in told],
            [encode(first_changes(task)).decode() for task in told],
            [encode(task).decode() for task in told],
            drafts.now,
            drafts.request_id,
        )
        if row is None:
            raise Refused(422)
        key, last_number, *status = row
        return drafts.tasks(last_number, key, *status)

    async def change_many(self, batch: Batch) -> list[Task]:
        for _ in range(ATTEMPTS):
            rows = await _try(self.pool, batch)
            if len(rows) < len(batch.dates):
                raise Refused(422)
            if rows[0]["is_done"]:
                break
        else:
            raise Refused(503)
        by_id = {task.id: task for task in (task_of(row) for *row, _ in rows)}
        for task in by_id.values():
            batch.put_off(task)
        return [by_id[id] for id in batch.dates]


async def _try(pool: Any, batch: Batch) -> list[Any]:
    who = (batch.workspace_id, batch.claims.user_id, batch.claims.session_id)
    ids, dates = list(batch.dates), list(batch.dates.values())
    told = encode({"updated_at": batch.now}).decode()
    return list(await pool.fetch(CHANGE, *who, ids, dates, [uuid7() for _ in ids], batch.now, batch.request_id, told))
