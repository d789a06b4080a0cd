"""Creating and changing a task."""

import msgspec
from benchmarks.floor.auth import Refused
from benchmarks.floor.grants import MEMBER, require
from benchmarks.floor.statuses import first_status
from benchmarks.floor.steps.base import Part
from benchmarks.floor.steps.log import log
from benchmarks.floor.store import Change, Draft
from benchmarks.floor.views import COLUMNS, Task, first_changes, task_of

TAKE_NUMBER = """
UPDATE projects SET last_number = last_number + 1, last_place = last_place + 1
WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL AND archived_at IS NULL
RETURNING key, last_number, 'i' || lpad(last_place::text, 9, '0'), workflow
"""
ADD_TASK = """
INSERT INTO tasks (workspace_id, id, project_id, project_key, number, rank, title, description, status, status_category,
    priority, assignee_ids, label_ids, blocked_by_ids, created_by_id, version, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '{}', '{}', '{}', $11, 1, $12, $12)
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


class Tasks(Part):
    async def create(self, draft: Draft) -> Task:
        workspace_id, body, now, user_id = draft.workspace_id, draft.body, draft.now, draft.claims.user_id
        async with self.pool.acquire() as connection, connection.transaction():
            await require(MEMBER, connection, workspace_id, draft.claims)
            project = await connection.fetchrow(TAKE_NUMBER, workspace_id, body.project_id)
            if project is None:
                raise Refused(422)
            key, number, rank, workflow = project
            status, category = first_status(workflow)
            content = (body.title, body.description, status, category)
            await connection.execute(ADD_TASK, workspace_id, draft.id, body.project_id, key, number, rank, *content, user_id, now)
            task = draft.task(number, f"{key}-{number}", status, category)
            await log(connection, draft, "task.created", task, first_changes(task))
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
            await log(connection, change, "task.updated", task, changes)
        return task
