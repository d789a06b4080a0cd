"""Who has which role where, and in which time zone dates are meant there, remembered for a moment."""

import time
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from taskhub.kernel.infrastructure.cache.ttl_cache import Memory, Monotonic
from taskhub.kernel.infrastructure.event_log.notifier import StreamSignal
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.workspaces.contract.access import Grant
from taskhub.workspaces.contract.events import MEMBER_REMOVED, MEMBER_UPDATED, WORKSPACE_DELETED, WORKSPACE_UPDATED
from taskhub.workspaces.infrastructure.mappings import MEMBERS, ROLES, WORKSPACES

SECONDS = 1.0
"""How long a lost role, or a former time zone, may go on counting: from the moment it was read, in every process but the one that
took it away.
"""
MOST = 10_000

_members, _workspaces = MEMBERS.table.c, WORKSPACES.table.c
_GRANT = Statement(
    select(_members.role, _workspaces.time_zone)
    .join_from(MEMBERS.table, WORKSPACES.table, _workspaces.id == _members.workspace_id)
    .where(
        _members.workspace_id == bindparam("workspace_id", type_=Uuid()),
        _members.user_id == bindparam("user_id", type_=Uuid()),
        _members.left_at.is_(None),
        _workspaces.deleted_at.is_(None),
    )
)


class SqlGrants:
    """Remembers grants. As soon as this process takes one away, or changes a workspace, it forgets them all: that costs no more
    than a second's worth.
    """

    def __init__(self, database: Database, signal: StreamSignal, monotonic: Monotonic = time.monotonic) -> None:
        self._database = database
        self._loss = signal.listen({MEMBER_REMOVED, MEMBER_UPDATED, WORKSPACE_UPDATED, WORKSPACE_DELETED})
        self._grants: Memory[tuple[UUID, UUID], Grant] = Memory(SECONDS, MOST, monotonic)
        self._times_forgotten = 0

    def remembered(self, workspace_id: UUID, user_id: UUID) -> Grant | None:
        self._heed_loss()
        return self._grants.get((workspace_id, user_id))

    async def read(self, workspace_id: UUID, user_id: UUID) -> Grant | None:
        asked_at, times_forgotten = self._grants.now(), self._times_forgotten
        row = await self._database.fetch_row(_GRANT, {"workspace_id": workspace_id, "user_id": user_id})
        self._heed_loss()
        self._grants.forget((workspace_id, user_id))
        if row is None:
            return None
        grant = Grant(ROLES[row["role"]], row["time_zone"])
        # What was read before something was taken away may be what was taken away.
        if times_forgotten == self._times_forgotten:
            self._grants.put((workspace_id, user_id), grant, asked_at)
        return grant

    def _heed_loss(self) -> None:
        if self._loss.is_set():
            self._loss.clear()
            self._times_forgotten += 1
            self._grants.clear()
