"""May they: the session is alive and the user is a member, remembered for a second as the service does."""

import os
import time
from typing import Any
from uuid import UUID

from benchmarks.floor.auth import MOST_REMEMBERED, Claims, Refused

SECONDS = float(os.environ.get("FLOOR_GRANT_SECONDS", "1"))
MEMBER = 2

GRANT = """
SELECT m.role
FROM members m
JOIN workspaces w ON w.id = m.workspace_id
JOIN sessions s ON s.user_id = m.user_id
WHERE m.workspace_id = $1 AND m.user_id = $2 AND m.left_at IS NULL AND w.deleted_at IS NULL AND s.id = $3 AND s.expires_at > now()
"""


class Grants:
    def __init__(self) -> None:
        self.known: dict[tuple[UUID, UUID], tuple[float, int]] = {}

    async def check(self, connection: Any, workspace_id: UUID, claims: Claims, *, least: int = 1) -> None:
        """``connection``: anything that runs a statement."""
        key = (workspace_id, claims.session_id)
        known = self.known.get(key)
        now = time.monotonic()
        if known is None or now - known[0] >= SECONDS:
            role = await connection.fetchval(GRANT, workspace_id, claims.user_id, claims.session_id)
            if role is None:
                raise Refused(404)
            self.known.pop(key, None)
            if len(self.known) >= MOST_REMEMBERED:
                del self.known[next(iter(self.known))]
            known = self.known[key] = (now, role)
        if known[1] < least:
            raise Refused(403)
