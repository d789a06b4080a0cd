"""Reads of workspaces, members and invitations, one round trip each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, DateTime, Select, Uuid, bindparam, select, tuple_

from taskhub.kernel.infrastructure.postgres.database import Database, Parameters, Record
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.workspaces.application.queries import Position
from taskhub.workspaces.application.views import (
    ROLE_KEYS,
    DeletedWorkspace,
    InvitationView,
    MemberView,
    WorkspaceForMember,
)
from taskhub.workspaces.domain.workspace import RESTORABLE
from taskhub.workspaces.infrastructure.mappings import INVITATIONS, MEMBERS, ROLES, WORKSPACES

_workspaces, _members, _invitations = WORKSPACES.table.c, MEMBERS.table.c, INVITATIONS.table.c
_WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())
_USER_ID = bindparam("user_id", type_=Uuid())
_NOW = bindparam("now", type_=DateTime(timezone=True))
_KEYS = {number: ROLE_KEYS[role] for number, role in ROLES.items()}


def _page(
    query: Select[tuple[object, ...]], at: ColumnElement[datetime | None], id: ColumnElement[UUID]
) -> dict[bool, Statement]:
    """The first page of a list, and the next ones."""
    place = tuple_(bindparam("at", type_=at.type), bindparam("after_id", type_=Uuid()))
    query = query.order_by(at, id).limit(bindparam("limit", type_=BigInteger()))
    return {False: Statement(query), True: Statement(query.where(tuple_(at, id) > place))}


_OF_WORKSPACE: dict[str, ColumnElement[Any]] = {**_workspaces, "role": _members.role}
_OF_MEMBER = (
    select(*(_OF_WORKSPACE[name] for name in WorkspaceForMember.__struct_fields__))
    .join_from(MEMBERS.table, WORKSPACES.table, _workspaces.id == _members.workspace_id)
    .where(_members.user_id == _USER_ID, _members.left_at.is_(None), _workspaces.deleted_at.is_(None))
)
_WORKSPACE = Statement(_OF_MEMBER.where(_members.workspace_id == _WORKSPACE_ID))
_ALL_WORKSPACES = _page(_OF_MEMBER, _workspaces.created_at, _workspaces.id)
_ONE_WORKSPACE = _page(_OF_MEMBER.where(_members.workspace_id == _WORKSPACE_ID), _workspaces.created_at, _workspaces.id)

_EVER = select(*(_members[name] for name in MemberView.__struct_fields__)).where(_members.workspace_id == _WORKSPACE_ID)
_MEMBER = Statement(_EVER.where(_members.user_id == _USER_ID))
_MEMBERS = _page(_EVER.where(_members.left_at.is_(None)), _members.joined_at, _members.user_id)
_FORMER = _page(_EVER.where(_members.left_at.is_not(None)), _members.left_at, _members.user_id)

_INVITATIONS = _page(
    select(*(_invitations[name] for name in InvitationView.__struct_fields__)).where(
        _invitations.workspace_id == _WORKSPACE_ID, _invitations.spent_at.is_(None), _invitations.expires_at > _NOW
    ),
    _invitations.created_at,
    _invitations.id,
)

_DELETED = Statement(
    select(_workspaces.id, _workspaces.name, _workspaces.deleted_at)
    .where(_workspaces.deleted_at >= bindparam("since", type_=DateTime(timezone=True)))
    .order_by(_workspaces.deleted_at.desc(), _workspaces.id)
)


class SqlWorkspaceQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def workspace(self, workspace_id: UUID, user_id: UUID) -> WorkspaceForMember | None:
        row = await self._database.fetch_row(_WORKSPACE, {"workspace_id": workspace_id, "user_id": user_id})
        return None if row is None else _workspace(row)

    async def workspaces_of(
        self, user_id: UUID, *, only: UUID | None, after: Position | None, limit: int
    ) -> list[WorkspaceForMember]:
        statements, parameters = (_ALL_WORKSPACES, {}) if only is None else (_ONE_WORKSPACE, {"workspace_id": only})
        rows = await self._fetch(statements, {"user_id": user_id, **parameters}, after, limit)
        return [_workspace(row) for row in rows]

    async def member(self, workspace_id: UUID, user_id: UUID) -> MemberView | None:
        row = await self._database.fetch_row(_MEMBER, {"workspace_id": workspace_id, "user_id": user_id})
        return None if row is None else _member(row)

    async def members(self, workspace_id: UUID, *, former: bool, after: Position | None, limit: int) -> list[MemberView]:
        statements = _FORMER if former else _MEMBERS
        return [_member(row) for row in await self._fetch(statements, {"workspace_id": workspace_id}, after, limit)]

    async def invitations(self, workspace_id: UUID, *, now: datetime, after: Position | None, limit: int) -> list[InvitationView]:
        rows = await self._fetch(_INVITATIONS, {"workspace_id": workspace_id, "now": now}, after, limit)
        return [InvitationView(**{**row, "role": _KEYS[row["role"]]}) for row in rows]

    async def deleted_workspaces(self, now: datetime) -> list[DeletedWorkspace]:
        return [DeletedWorkspace(*row) for row in await self._database.fetch(_DELETED, {"since": now - RESTORABLE})]

    async def _fetch(
        self, statements: dict[bool, Statement], parameters: Parameters, after: Position | None, limit: int
    ) -> list[Record]:
        place = {"at": after.at, "after_id": after.id} if after else {}
        return await self._database.fetch(statements[after is not None], {**parameters, **place, "limit": limit})


def _workspace(row: Record) -> WorkspaceForMember:
    return WorkspaceForMember(**{**row, "role": _KEYS[row["role"]]})


def _member(row: Record) -> MemberView:
    return MemberView(**{**row, "role": _KEYS[row["role"]] if row["left_at"] is None else None})
