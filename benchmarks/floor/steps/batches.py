"""Changing many tasks, all or none. Rows are locked in the order of their ids."""

from typing import Any

from benchmarks.floor.auth import Refused
from benchmarks.floor.grants import MEMBER, require
from benchmarks.floor.steps.base import Part
from benchmarks.floor.steps.log import log_all
from benchmarks.floor.store import Batch
from benchmarks.floor.views import COLUMNS, Task, task_of

HOLD_PROJECTS = """
SELECT p.id, p.archived_at IS NULL
FROM projects p
WHERE p.workspace_id = $1 AND p.id IN (SELECT project_id FROM tasks WHERE workspace_id = $1 AND id = ANY($2::uuid[]))
ORDER BY p.id
FOR KEY SHARE
"""
LOCK_TASKS = f"""
SELECT {COLUMNS} FROM tasks t
WHERE t.workspace_id = $1 AND t.id = ANY($2::uuid[]) AND t.deleted_at IS NULL
ORDER BY t.id
FOR UPDATE
"""
CHANGE_TASKS = """
UPDATE tasks t SET due_date = item.date, due_time = NULL, due_time_zone = NULL, due_at = NULL,
    due_ends_at = (item.date + time '23:59:59.999999') AT TIME ZONE 'UTC', version = t.version + 1, updated_at = $4
FROM unnest($2::uuid[], $3::date[]) AS item (id, date)
WHERE t.workspace_id = $1 AND t.id = item.id
"""


class Batches(Part):
    async def change_many(self, batch: Batch) -> list[Task]:
        async with self.pool.acquire() as connection, connection.transaction():
            await require(MEMBER, connection, batch.workspace_id, batch.claims)
            ids = list(batch.dates)
            open_ids = {id for id, is_open in await connection.fetch(HOLD_PROJECTS, batch.workspace_id, ids) if is_open}
            tasks = [task_of(row) for row in await connection.fetch(LOCK_TASKS, batch.workspace_id, ids)]
            if len(tasks) < len(ids):
                raise Refused(422)
            changed = [(task, changes) for task in tasks if (changes := batch.put_off(task))]
            if any(task.project_id not in open_ids for task, _ in changed):
                raise Refused(409)
            if changed:
                await _write(connection, batch, changed)
        by_id = {task.id: task for task in tasks}
        return [by_id[id] for id in ids]


async def _write(connection: Any, batch: Batch, changed: list[tuple[Task, dict[str, Any]]]) -> None:
    ids = [task.id for task, _ in changed]
    dates = [batch.dates[id] for id in ids]
    await connection.execute(CHANGE_TASKS, batch.workspace_id, ids, dates, batch.now)
    await log_all(connection, batch, "task.updated", changed)
