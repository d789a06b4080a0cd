"""Giving a task another place in its project. The project is locked: places are given one after the other."""

from benchmarks.floor.auth import Refused
from benchmarks.floor.grants import MEMBER, require
from benchmarks.floor.places import Surroundings
from benchmarks.floor.steps.base import Part
from benchmarks.floor.steps.log import log
from benchmarks.floor.store import Move
from benchmarks.floor.views import COLUMNS, Task, task_of

LOCK_PROJECT = """
SELECT p.id, p.key, p.archived_at IS NULL
FROM projects p
WHERE p.workspace_id = $1 AND p.id = (SELECT project_id FROM tasks WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL)
FOR NO KEY UPDATE
"""
_LOCK_TASK = f"""
SELECT {COLUMNS}, t.rank, b.rank, (
    SELECT n.rank FROM tasks n
    WHERE n.workspace_id = $1 AND n.project_key = $3 AND n.id <> $2 AND n.rank {{further}} b.rank
    ORDER BY n.rank {{order}} LIMIT 1
)
FROM tasks t LEFT JOIN tasks b ON b.workspace_id = $1 AND b.project_key = $3 AND b.id = $4 AND b.deleted_at IS NULL
WHERE t.workspace_id = $1 AND t.project_key = $3 AND t.id = $2 AND t.deleted_at IS NULL
FOR UPDATE OF t
"""
LOCK_TASK_BEFORE = _LOCK_TASK.format(further="<", order="DESC")
LOCK_TASK_AFTER = _LOCK_TASK.format(further=">", order="ASC")
TAKE_PLACE = """
UPDATE projects SET last_place = last_place + 1 WHERE workspace_id = $1 AND id = $2
RETURNING 'i' || lpad(last_place::text, 9, '0')
"""
MOVE_TASK = "UPDATE tasks SET rank = $3, version = $4, updated_at = $5 WHERE workspace_id = $1 AND id = $2"
KEEP_PLACE = "INSERT INTO former_places (workspace_id, task_id, version, rank) VALUES ($1, $2, $3, $4)"


class Order(Part):
    async def move(self, move: Move) -> Task:
        workspace_id, task_id = move.workspace_id, move.task_id
        async with self.pool.acquire() as connection, connection.transaction():
            await require(MEMBER, connection, workspace_id, move.claims)
            project = await connection.fetchrow(LOCK_PROJECT, workspace_id, task_id)
            if project is None:
                raise Refused(404)
            project_id, key, is_open = project
            query = LOCK_TASK_BEFORE if move.before else LOCK_TASK_AFTER
            row = await connection.fetchrow(query, workspace_id, task_id, key, move.other_id)
            if row is None:
                raise Refused(404)
            *values, own, beside, next = row
            task, surroundings = task_of(values), Surroundings.of(move, own, beside, next)
            if surroundings.is_current:
                return task
            if not is_open:
                raise Refused(409)
            rank = surroundings.rank() or await connection.fetchval(TAKE_PLACE, workspace_id, project_id)
            task.version, task.updated_at = task.version + 1, move.now
            await connection.execute(MOVE_TASK, workspace_id, task_id, rank, task.version, move.now)
            await connection.execute(KEEP_PLACE, workspace_id, task_id, task.version, own)
            await log(connection, move, "task.moved", task, {})
        return task
