"""Appending events. The counter comes last before COMMIT, so that numbers have no gap and stand in commit order."""

from collections.abc import Sequence
from typing import Any

from benchmarks.floor.store import Command
from benchmarks.floor.views import Comment, Task, encode
from uuid_utils.compat import uuid7

COUNT = """
INSERT INTO event_streams AS s (stream_id, last_seq, moved_at) VALUES ($1, $3, $2)
ON CONFLICT (stream_id) DO UPDATE SET last_seq = s.last_seq + excluded.last_seq, moved_at = excluded.moved_at
RETURNING last_seq
"""
ADD_EVENT = """
INSERT INTO events (stream_id, seq, id, type, schema, entity_type, entity_id, entity_version, actor_id, occurred_at, request_id,
    changes, snapshot)
VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12)
"""
ADD_EVENTS = """
INSERT INTO events (stream_id, seq, id, type, schema, entity_type, entity_id, entity_version, actor_id, occurred_at, request_id,
    changes, snapshot, commit_seq)
SELECT $1, $2 + thing.place, thing.event_id, $3, 1, 'task', thing.id, thing.version, $4, $5, $6, thing.changes, thing.snapshot,
    CASE WHEN thing.place > 1 THEN $2 + 1 END
FROM unnest($7::uuid[], $8::uuid[], $9::int[], $10::jsonb[], $11::jsonb[]) WITH ORDINALITY
    AS thing (event_id, id, version, changes, snapshot, place)
"""


async def log(connection: Any, cause: Command, type: str, thing: Task | Comment, changes: dict[str, Any]) -> None:
    snapshot, differences = encode(thing).decode(), encode(changes).decode()
    seq = await connection.fetchval(COUNT, cause.workspace_id, cause.now, 1)
    await connection.execute(
        ADD_EVENT,
        cause.workspace_id,
        seq,
        cause.event_id,
        type,
        type.partition(".")[0],
        thing.id,
        thing.version,
        cause.claims.user_id,
        cause.now,
        cause.request_id,
        differences,
        snapshot,
    )


async def log_all(connection: Any, cause: Command, type: str, changed: Sequence[tuple[Task, dict[str, Any]]]) -> None:
    """One event for each task."""
    tasks = [task for task, _ in changed]
    columns = (
        [uuid7() for _ in tasks],
        [task.id for task in tasks],
        [task.version for task in tasks],
        [encode(changes).decode() for _, changes in changed],
        [encode(task).decode() for task in tasks],
    )
    seq = await connection.fetchval(COUNT, cause.workspace_id, cause.now, len(tasks))
    await connection.execute(
        ADD_EVENTS, cause.workspace_id, seq - len(tasks), type, cause.claims.user_id, cause.now, cause.request_id, *columns
    )
