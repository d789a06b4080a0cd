"""Creating or changing many tasks, all or none. Rows are locked in the order of their ids."""

from typing import Any

from benchmarks.floor.auth import Refused
from benchmarks.floor.grants import MEMBER, require
from benchmarks.floor.statuses import first_status
from benchmarks.floor.steps.base import Part
from benchmarks.floor.steps.log import log_all
from benchmarks.floor.store import Batch, Drafts
from benchmarks.floor.views import COLUMNS, Task, first_changes, task_of

TAKE_NUMBERS = """
UPDATE projects SET last_number = last_number + $3, last_place = last_place + $3
WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL AND archived_at IS NULL
RETURNING key, last_number, last_place, workflow
"""
ADD_TASKS = """
INSERT INTO tasks (workspace_id, id, project_id, project_key, number, rank, title, description, status, status_category,
    priority, assignee_ids, label_ids, blocked_by_ids, created_by_id, version, created_at, updated_at)
SELECT $1, item.id, $2, $3, item.number, item.rank, item.title, item.description, $4, $5, 0, '{}', '{}', '{}', $6, 1, $7, $7
FROM unnest($8::uuid[], $9::int[], $10::text[], $11::text[], $12::text[]) AS item (id, number, rank, title, description)
"""
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
    async def create_many(self, drafts: Drafts) -> list[Task]:
        count = len(drafts.bodies)
        async with self.pool.acquire() as connection, connection.transaction():
            await require(MEMBER, connection, drafts.workspace_id, drafts.claims)
            project = await connection.fetchrow(TAKE_NUMBERS, drafts.workspace_id, drafts.project_id, count)
            if project is None:
                raise Refused(422)
            key, last_number, last_place, workflow = project
            tasks = drafts.tasks(last_number, key, *first_status(workflow))
            ranks = [f"i{place:09}" for place in range(last_place - count + 1, last_place + 1)]
            await _add(connection, drafts, key, tasks, ranks)
            await log_all(connection, drafts, "task.created", [(task, first_changes(task)) for task in tasks])
        return tasks

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


async def _add(connection: Any, drafts: Drafts, key: str, tasks: list[Task], ranks: list[str]) -> None:
    status = (tasks[0].status, tasks[0].status_category)
    columns = (
        [task.id for task in tasks],
        [task.number for task in tasks],
        ranks,
        [task.title for task in tasks],
        [task.description for task in tasks],
    )
    who, now = drafts.claims.user_id, drafts.now
    await connection.execute(ADD_TASKS, drafts.workspace_id, drafts.project_id, key, *status, who, now, *columns)


async def _write(connection: Any, batch: Batch, changed: list[tuple[Task, dict[str, Any]]]) -> None:
    ids = [task.id for task, _ in changed]
    dates = [batch.dates[id] for id in ids]
    await connection.execute(CHANGE_TASKS, batch.workspace_id, ids, dates, batch.now)
    await log_all(connection, batch, "task.updated", changed)
