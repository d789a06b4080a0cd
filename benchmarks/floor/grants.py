"""May they: the session is alive and the user is a member. Asked for each request."""

from typing import Any
from uuid import UUID

from benchmarks.floor.auth import Claims, Refused

VIEWER, MEMBER = 1, 2

GRANT = """
SELECT m.role
FROM members m
JOIN workspaces w ON w.id = m.workspace_id
JOIN sessions s ON s.user_id = m.user_id
WHERE m.workspace_id = $1 AND m.user_id = $2 AND m.left_at IS NULL AND w.deleted_at IS NULL AND s.id = $3 AND s.expires_at > now()
"""


async def require(role: int, connection: Any, workspace_id: UUID, claims: Claims) -> None:
    """Raises:
    Refused
    """
    given = await connection.fetchval(GRANT, workspace_id, claims.user_id, claims.session_id)
    if given is None:
        raise Refused(404)
    if given < role:
        raise Refused(403)
