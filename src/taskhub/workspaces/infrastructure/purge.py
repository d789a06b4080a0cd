"""Removing for good what is over: invitations that can't be accepted any more, and workspaces that can't be restored any more.

The log keeps that they were there and what happened to them, without any values.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, DateTime, Update, Uuid, bindparam, delete, func, literal, null, or_, select, update

from taskhub.kernel.application.commands import Context
from taskhub.kernel.application.runner import Runner
from taskhub.kernel.infrastructure.background.purge import ExpiredRows
from taskhub.kernel.infrastructure.event_log.redaction import NAMES_OF_CHANGES
from taskhub.kernel.infrastructure.event_log.tables import EventRow, StreamRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.workspaces.domain.workspace import RESTORABLE
from taskhub.workspaces.infrastructure.mappings import INVITATIONS, MEMBERS, WORKSPACES
from taskhub.workspaces.infrastructure.unit_of_work import SqlWorkspacesUnitOfWork

BATCH_SIZE = 1000
STATEMENT_SECONDS = 60.0
"""How long one statement of a purge may take."""

_workspaces, _members, _invitations = WORKSPACES.table, MEMBERS.table, INVITATIONS.table
_events, _streams = table_of(EventRow), table_of(StreamRow)
_WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())


def _scrub() -> Update:
    """Takes the values out of events and leaves the names of what changed."""
    return update(_events).values(snapshot=null(), changes=NAMES_OF_CHANGES)


_is_over = or_(
    _invitations.c.spent_at.is_not(None), _invitations.c.expires_at <= bindparam("before", type_=DateTime(timezone=True))
)
_gone = (
    delete(_invitations)
    .where(
        _invitations.c.workspace_id == _WORKSPACE_ID,
        _invitations.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid()))),
        _is_over,
    )
    .returning(_invitations.c.id)
    .cte("gone")
)
purge_invitations = ExpiredRows(
    find=Statement(
        select(_invitations.c.workspace_id, _invitations.c.id).where(_is_over).limit(literal(BATCH_SIZE, BigInteger()))
    ),
    remove=Statement(_scrub().where(_events.c.stream_id == _WORKSPACE_ID, _events.c.entity_id == _gone.c.id).add_cte(_gone)),
)
"""Removes used, revoked and expired invitations."""

_EXPIRED_WORKSPACES = Statement(
    select(_workspaces.c.id)
    .where(_workspaces.c.deleted_at < bindparam("before", type_=DateTime(timezone=True)))
    .order_by(_workspaces.c.deleted_at)
    .limit(literal(BATCH_SIZE, BigInteger()))
)
_ITS_MEMBERS = Statement(delete(_members).where(_members.c.workspace_id == _WORKSPACE_ID))
_ITS_INVITATIONS = Statement(delete(_invitations).where(_invitations.c.workspace_id == _WORKSPACE_ID))
_ITS_EVENTS = Statement(
    _scrub().where(
        _events.c.stream_id == _WORKSPACE_ID,
        _events.c.seq > bindparam("after", type_=BigInteger()),
        _events.c.seq <= bindparam("until", type_=BigInteger()),
    )
)
_LAST_SEQ = Statement(select(_streams.c.last_seq).where(_streams.c.stream_id == _WORKSPACE_ID))
_LOCK_LOG = Statement(select(_streams.c.last_seq).where(_streams.c.stream_id == _WORKSPACE_ID).with_for_update())


class WorkspacePurge:
    """Removes workspaces that were deleted more than 30 days ago, each with its members, invitations and logged values.

    May be broken off anywhere, and run by several processes at once: the workspace's own row goes last, together with the event
    `workspace.purged`, by which other modules learn to remove theirs.
    """

    def __init__(self, runner: Runner[SqlWorkspacesUnitOfWork]) -> None:
        self._runner = runner

    async def __call__(self, database: Database, now: datetime) -> int:
        """Returns how many workspaces went."""
        removed = 0
        for row in await database.fetch(_EXPIRED_WORKSPACES, {"before": now - RESTORABLE}):
            purge = _WorkspacePurgeRun(row["id"], now)
            if await self._runner.perform(purge.empty, None, Context()):
                await purge.scrub(database)
                removed += await self._runner.perform(purge.finish, None, Context())
        return removed


class _WorkspacePurgeRun:
    def __init__(self, workspace_id: UUID, now: datetime) -> None:
        self._id = workspace_id
        self._now = now
        self._scrubbed = 0
        """The last event that holds no values any more."""

    async def empty(self, _: None, uow: SqlWorkspacesUnitOfWork) -> bool:
        """Removes members and invitations. A workspace without owners can't be restored, whatever an operator's clock says."""
        await uow.lock(seconds=STATEMENT_SECONDS)
        workspace = await uow.workspaces.find(self._id, with_deleted=True)
        if workspace is None or not workspace.is_deleted or workspace.is_restorable(self._now):
            return False
        await uow.write(_ITS_INVITATIONS, {"workspace_id": self._id})
        await uow.write(_ITS_MEMBERS, {"workspace_id": self._id})
        return True

    async def scrub(self, database: Database) -> None:
        """Takes the values out of the log, a batch at a time."""
        row = await database.fetch_row(_LAST_SEQ, {"workspace_id": self._id})
        last_seq = row["last_seq"] if row else 0
        while self._scrubbed < last_seq:
            until = self._scrubbed + BATCH_SIZE
            await database.fetch(_ITS_EVENTS, {"workspace_id": self._id, "after": self._scrubbed, "until": until})
            self._scrubbed = min(until, last_seq)

    async def finish(self, _: None, uow: SqlWorkspacesUnitOfWork) -> bool:
        """Removes the workspace. What others have logged since is scrubbed while the log stands still."""
        await uow.lock(seconds=STATEMENT_SECONDS)
        workspace = await uow.workspaces.find(self._id, with_deleted=True)
        if workspace is None:
            return False
        row = await uow.fetch_row(_LOCK_LOG, {"workspace_id": self._id})
        if row is not None:
            place = {"workspace_id": self._id, "after": self._scrubbed, "until": row["last_seq"]}
            await uow.write(_ITS_EVENTS, place)
        workspace.purge(self._now)
        uow.workspaces.remove(workspace)
        return True
