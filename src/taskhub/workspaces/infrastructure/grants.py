"""Who has which role where, and in which time zone dates are meant there, remembered for a moment."""

from collections.abc import Collection, Set
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select

from taskhub.kernel.application.clock import Monotonic
from taskhub.kernel.application.shared_reads import SharedReads
from taskhub.kernel.application.ttl_cache import TtlCache
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.workspaces.contract.access import Grant
from taskhub.workspaces.contract.events import MEMBER_REMOVED, MEMBER_UPDATED, WORKSPACE_DELETED, WORKSPACE_UPDATED
from taskhub.workspaces.infrastructure.mappings import MEMBERS, ROLES, WORKSPACES

TTL_SECONDS = 1.0
"""How long a lost role, or a former time zone, may go on counting: from the moment it was read, in every process but the one that
took it away.
"""
MAX_GRANTS = 10_000

Member: TypeAlias = tuple[UUID, UUID]
"""The ids of a workspace and of a user."""

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
_GRANTS = Statement(
    select(_members.workspace_id, _members.user_id, _members.role, _workspaces.time_zone)
    .join_from(MEMBERS.table, WORKSPACES.table, _workspaces.id == _members.workspace_id)
    .where(
        _members.workspace_id == func.any(bindparam("workspace_ids", type_=ARRAY(Uuid()))),
        _members.user_id == func.any(bindparam("user_ids", type_=ARRAY(Uuid()))),
        _members.left_at.is_(None),
        _workspaces.deleted_at.is_(None),
    )
)


class SqlGrants:
    """Remembers grants. As soon as this process takes one away, or changes a workspace, it forgets them all: that costs no more
    than a second's worth.
    """

    def __init__(self, database: Database, notifier: EventNotifier, monotonic: Monotonic) -> None:
        self._database = database
        self._revoked = notifier.listen({MEMBER_REMOVED, MEMBER_UPDATED, WORKSPACE_UPDATED, WORKSPACE_DELETED})
        self._grants: TtlCache[Member, Grant] = TtlCache(TTL_SECONDS, MAX_GRANTS, monotonic)
        self._times_cleared = 0
        self._reads = SharedReads(self._fetch_many, monotonic)

    def remembered(self, workspace_id: UUID, user_id: UUID) -> Grant | None:
        self._clear_if_revoked()
        return None if self._is_changing() else self._grants.get((workspace_id, user_id))

    async def read(self, workspace_id: UUID, user_id: UUID) -> Grant | None:
        asked_at, times_cleared = self._grants.now(), self._times_cleared
        member = (workspace_id, user_id)
        grant = await (self._reads.get(member) if self._database.may_read_for_many else self._fetch(member))
        self._clear_if_revoked()
        self._grants.invalidate(member)
        if grant is None:
            return None
        # What was read before something was taken away may be what was taken away.
        if times_cleared == self._times_cleared and not self._is_changing():
            self._grants.put(member, grant, asked_at)
        return grant

    async def renew(self, members: Set[Member]) -> None:
        asked = [one for one in members if self.remembered(*one) is None]
        if not asked or self._database.is_distributed:  # One statement would wait for the slowest node, and fail with it.
            return
        asked_at, times_cleared = self._grants.now(), self._times_cleared
        found = await self._fetch_many(asked)
        self._clear_if_revoked()
        if times_cleared != self._times_cleared:
            return
        for member in members & found.keys():
            self._grants.put(member, found[member], asked_at)

    async def _fetch(self, member: Member) -> Grant | None:
        row = await self._database.fetch_row(_GRANT, dict(zip(("workspace_id", "user_id"), member, strict=True)))
        return None if row is None else Grant(ROLES[row["role"]], row["time_zone"])

    async def _fetch_many(self, members: Collection[Member]) -> dict[Member, Grant]:
        """Of these members and, where they are members of each other's workspaces, of others."""
        workspace_ids, user_ids = zip(*members, strict=True)
        rows = await self._database.fetch(_GRANTS, {"workspace_ids": [*{*workspace_ids}], "user_ids": [*{*user_ids}]})
        return {(workspace_id, user_id): Grant(ROLES[role], zone) for workspace_id, user_id, role, zone in rows}

    def _is_changing(self) -> bool:
        """Whether an earlier operation of the same batch has changed what grants are made of."""
        return self._database.has_unseen(MEMBERS.name, WORKSPACES.name)

    def _clear_if_revoked(self) -> None:
        if self._revoked.is_set():
            self._revoked.clear()
            self._times_cleared += 1
            self._grants.clear()
