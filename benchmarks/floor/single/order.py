"""Giving a task another place in its project, in two statements.

The second one happens only if both tasks are as they were when the first looked, and, behind the last one, if nothing was put
there meanwhile. Another task in the same gap meanwhile has the same rank, which is unique.
"""

from typing import Any

import asyncpg
from benchmarks.floor.auth import Refused
from benchmarks.floor.places import Surroundings
from benchmarks.floor.single.base import ADD_EVENT, ATTEMPTS, MAY_WRITE, Part, counter
from benchmarks.floor.store import Move
from benchmarks.floor.views import COLUMNS, Task, encode, task_of

_LOOK = f"""
SELECT {COLUMNS}, p.archived_at IS NULL, p.last_place, t.rank, b.rank, (
    SELECT n.rank FROM tasks n
    WHERE n.workspace_id = $1 AND n.project_key = t.project_key AND n.id <> $4 AND n.rank {{further}} b.rank
    ORDER BY n.rank {{order}} LIMIT 1
)
FROM tasks t
JOIN projects p ON p.workspace_id = $1 AND p.id = t.project_id
LEFT JOIN tasks b ON b.workspace_id = $1 AND b.project_key = t.project_key AND b.id = $5 AND b.deleted_at IS NULL
WHERE t.workspace_id = $1 AND t.id = $4 AND t.deleted_at IS NULL AND {MAY_WRITE}
"""
LOOK_BEFORE = _LOOK.format(further="<", order="DESC")
LOOK_AFTER = _LOOK.format(further=">", order="ASC")
MOVE = f"""
WITH place AS (
    UPDATE projects SET last_place = last_place + 1
    WHERE workspace_id = $1 AND id = $6 AND last_place = $7 AND $8::text IS NULL
    RETURNING 'i' || lpad(last_place::text, 9, '0') AS rank
),
locked AS (
    SELECT t.id FROM tasks t JOIN projects p ON p.workspace_id = $1 AND p.id = t.project_id
    WHERE t.workspace_id = $1 AND t.id = ANY(ARRAY[$4, $9]::uuid[]) AND t.deleted_at IS NULL AND p.archived_at IS NULL
        AND (t.id = $4 AND t.version = $5 AND t.rank = $14 OR t.id = $9 AND t.rank = $10) AND {MAY_WRITE}
    ORDER BY t.id
    FOR NO KEY UPDATE OF t FOR KEY SHARE OF p
),
task AS (
    UPDATE tasks t SET rank = coalesce($8, (SELECT rank FROM place)), version = $5 + 1, updated_at = $11::timestamptz
    WHERE t.workspace_id = $1 AND t.id = $4 AND (SELECT count(*) FROM locked) = 2
        AND ($8 IS NOT NULL OR EXISTS (SELECT FROM place))
    RETURNING t.version
),
former AS (
    INSERT INTO former_places (workspace_id, task_id, version, rank) SELECT $1, $4, version, $14 FROM task
),
{counter("task", "$11")},
event AS (
    {ADD_EVENT}
    SELECT $1, last_seq, $12, 'task.moved', 1, 'task', $4, version, $2, $11, $13, '{{}}', $15 FROM counter, task
)
SELECT version FROM task
"""


class Order(Part):
    async def move(self, move: Move) -> Task:
        for _ in range(ATTEMPTS):
            task, is_done = await _try(self.pool, move)
            if is_done:
                return task
        raise Refused(503)


async def _try(pool: Any, move: Move) -> tuple[Task, bool]:
    who = (move.workspace_id, move.claims.user_id, move.claims.session_id)
    row = await pool.fetchrow(LOOK_BEFORE if move.before else LOOK_AFTER, *who, move.task_id, move.other_id)
    if row is None:
        raise Refused(404)
    *values, is_open, last_place, own, beside, next = row
    task, surroundings = task_of(values), Surroundings.of(move, own, beside, next)
    if surroundings.is_current:
        return task, True
    if not is_open:
        raise Refused(409)
    version, task.version, task.updated_at = task.version, task.version + 1, move.now
    place = (task.project_id, last_place, surroundings.rank(), move.other_id, beside)
    event = (move.event_id, move.request_id, own, encode(task).decode())
    try:
        done = await pool.fetchval(MOVE, *who, task.id, version, *place, move.now, *event)
    except asyncpg.UniqueViolationError:
        done = None
    return task, done is not None
