"""A workspace that was worked on for a year: the events of a dataset, and many changes of each task between them."""

import asyncpg

CHANGES_PER_TASK = 19

_STATUSES = "(ARRAY['todo', 'in_progress', 'done', 'cancelled'])"
_PRIORITIES = "(ARRAY['none', 'low', 'medium', 'high', 'urgent'])"
_COLLECT = f"""
CREATE TEMPORARY TABLE grown AS
WITH made AS (
    SELECT * FROM events WHERE entity_type = 'task' AND entity_version = 1
), change AS (
    SELECT made.*, n, {_STATUSES}[1 + (hashint4(number + n) & 3)] AS status, {_PRIORITIES}[1 + (number + n) % 5] AS priority,
        made.occurred_at + (hashint4(number * 100 + n) & 65535) / 65536.0 * (now() - interval '1 hour' - made.occurred_at) AS at
    FROM (SELECT *, row_number() OVER (ORDER BY stream_id, seq)::integer AS number FROM made) AS made
    CROSS JOIN generate_series(1, $1::integer) AS n
), every AS (
    SELECT stream_id, seq, n, type, entity_type, entity_id, actor_id, at, '{{}}'::jsonb AS changes,
        snapshot || jsonb_build_object('status', status, 'status_category', status, 'priority', priority, 'updated_at', at,
            'closed_at', CASE WHEN status IN ('done', 'cancelled') THEN to_jsonb(at) END) AS snapshot
    FROM (SELECT *, 'task.updated' AS changed FROM change) AS change
    UNION ALL
    SELECT stream_id, seq, 0, type, entity_type, entity_id, actor_id, occurred_at, changes, snapshot FROM events
)
SELECT stream_id, row_number() OVER log AS seq, CASE WHEN n > 0 THEN 'task.updated' ELSE type END AS type, entity_type, entity_id,
    row_number() OVER (PARTITION BY stream_id, entity_id ORDER BY at, seq, n) AS version, actor_id, at, changes, snapshot
FROM every WINDOW log AS (PARTITION BY stream_id ORDER BY at, seq, n)
"""
_STORE = """
INSERT INTO events (stream_id, seq, id, type, schema, entity_type, entity_id, entity_version, actor_id, occurred_at, changes,
    snapshot)
SELECT stream_id, seq, gen_random_uuid(), type, 1, entity_type, entity_id, version, actor_id, at, changes,
    snapshot || jsonb_build_object('version', version)
FROM grown ORDER BY stream_id, seq
"""
_FOLLOW = f"""
UPDATE tasks SET version = last.version, updated_at = last.at, status = snapshot ->> 'status',
    status_category = snapshot ->> 'status_category', closed_at = (snapshot ->> 'closed_at')::timestamptz,
    priority = array_position({_PRIORITIES}, snapshot ->> 'priority') - 1
FROM (SELECT DISTINCT ON (stream_id, entity_id) * FROM grown ORDER BY stream_id, entity_id, version DESC) AS last
WHERE last.stream_id = tasks.workspace_id AND last.entity_id = tasks.id
"""
_COUNT = "UPDATE event_streams SET last_seq = (SELECT max(seq) FROM grown WHERE grown.stream_id = event_streams.stream_id)"


async def grow(database_url: str) -> dict[str, int]:
    """Appends the changes at random times since each task was made, and brings rows, counters and statistics up to date.

    Returns the end of each log, by workspace.
    """
    connection = await asyncpg.connect(database_url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        await connection.execute("SET jit = off")
        await connection.execute(_COLLECT.replace("$1", str(CHANGES_PER_TASK)))
        for statement in ("TRUNCATE events", _STORE, _FOLLOW, _COUNT, "VACUUM (ANALYZE)", "CHECKPOINT"):
            await connection.execute(statement)
        rows = await connection.fetch("SELECT stream_id, last_seq FROM event_streams")
    finally:
        await connection.close()
    return {str(stream_id): last_seq for stream_id, last_seq in rows}
