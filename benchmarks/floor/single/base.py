"""What the parts of the second floor stand on: the right of who asks, and the log, as pieces of a statement.

The first parameters are the same everywhere: workspace, user, session.
"""

from typing import Any

_MAY = """EXISTS (
    SELECT FROM members m
    JOIN workspaces w ON w.id = m.workspace_id
    JOIN sessions s ON s.user_id = m.user_id
    WHERE m.workspace_id = $1 AND m.user_id = $2 AND m.role >= {role} AND m.left_at IS NULL AND w.deleted_at IS NULL
        AND s.id = $3 AND s.expires_at > now()
)"""
MAY_READ, MAY_WRITE = _MAY.format(role=1), _MAY.format(role=2)
ADD_EVENT = """
INSERT INTO events (stream_id, seq, id, type, schema, entity_type, entity_id, entity_version, actor_id, occurred_at, request_id,
    changes, snapshot)"""
ADD_EVENTS = ADD_EVENT.removesuffix(")") + ", commit_seq)"


ATTEMPTS = 10
"""How often a statement is sent that does nothing where something changed meanwhile."""


def counter(source: str, now: str, count: str = "1") -> str:
    """Numbers for events, taken if there is something in what they are taken for."""
    return f"""
counter AS (
    INSERT INTO event_streams AS s (stream_id, last_seq, moved_at) SELECT $1, {count}, {now} FROM {source}
    ON CONFLICT (stream_id) DO UPDATE SET last_seq = s.last_seq + excluded.last_seq, moved_at = excluded.moved_at
    RETURNING last_seq
)"""


class Part:
    def __init__(self, pool: Any) -> None:
        self.pool = pool
