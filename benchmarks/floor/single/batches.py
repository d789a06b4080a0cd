"""Changing many tasks, all or none.

A statement sees the log as it was when it began. Where it had to wait for a task that somebody else was changing, it finds no
event of the task's version, does nothing, and is sent again.
"""

from typing import Any

from benchmarks.floor.auth import Refused
from benchmarks.floor.single.base import ADD_EVENTS, ATTEMPTS, MAY_WRITE, Part, counter
from benchmarks.floor.store import Batch
from benchmarks.floor.views import COLUMNS, Task, encode, task_of
from uuid_utils.compat import uuid7

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
