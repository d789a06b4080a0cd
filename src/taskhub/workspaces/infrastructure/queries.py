"""Reads of workspaces, members and invitations, one round trip each."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, Uuid, bindparam, select

from taskhub.kernel.application.pages import PageRequest, PageSlice, SortOrder
from taskhub.kernel.infrastructure.postgres.connection import Parameters, Record
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.pages import Columns, Orders, SortColumn
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.workspaces.application.queries import IN_ORDER_OF_JOINING, IN_ORDER_OF_LEAVING, OLDEST_FIRST, WorkspaceSort
from taskhub.workspaces.application.views import (
    ROLE_KEYS,
    DeletedWorkspace,
    InvitationView,
    MemberView,
    WorkspaceForMember,
)
from taskhub.workspaces.domain.workspace import RESTORABLE
from taskhub.workspaces.infrastructure.mappings import INVITATIONS, MEMBERS, ROLES, WORKSPACES

View = TypeVar("View")

_workspaces, _members, _invitations = WORKSPACES.table.c, MEMBERS.table.c, INVITATIONS.table.c
_WORKSPACE_ID = bindparam("workspace_id", type_=Uuid())
_USER_ID = bindparam("user_id", type_=Uuid())
_NOW = bindparam("now", type_=DateTime(timezone=True))
_KEYS = {number: ROLE_KEYS[role] for number, role in ROLES.items()}


_ID, _MEMBER_ID = SortColumn("id"), SortColumn("user_id")
_ORDERS = Orders(
    {
        WorkspaceSort.CREATED_AT: (SortColumn("created_at"), _ID),
        WorkspaceSort.JOINED_AT: (SortColumn("joined_at"), _MEMBER_ID),
        WorkspaceSort.LEFT_AT: (SortColumn("left_at"), _MEMBER_ID),
    }
)


def _pages(query: Select[Any], order: SortOrder[WorkspaceSort], columns: Columns) -> dict[bool, Statement]:
    """The first page of a list, and the next ones."""
    return {goes_on: Statement(_ORDERS.page(query, order, columns, goes_on=goes_on)) for goes_on in (False, True)}


_OF_WORKSPACE: dict[str, ColumnElement[Any]] = {**_workspaces, "role": _members.role}
_OF_MEMBER = (
    select(*(_OF_WORKSPACE[name] for name in WorkspaceForMember.__struct_fields__))
    .join_from(MEMBERS.table, WORKSPACES.table, _workspaces.id == _members.workspace_id)
    .where(_members.user_id == _USER_ID, _members.left_at.is_(None), _workspaces.deleted_at.is_(None))
)
_WORKSPACE = Statement(_OF_MEMBER.where(_members.workspace_id == _WORKSPACE_ID))
_ALL_WORKSPACES = _pages(_OF_MEMBER, OLDEST_FIRST, _workspaces)
_ONE_WORKSPACE = _pages(_OF_MEMBER.where(_members.workspace_id == _WORKSPACE_ID), OLDEST_FIRST, _workspaces)

_EVER = select(*(_members[name] for name in MemberView.__struct_fields__)).where(_members.workspace_id == _WORKSPACE_ID)
_MEMBER = Statement(_EVER.where(_members.user_id == _USER_ID))
_MEMBERS = {
    WorkspaceSort.JOINED_AT: _pages(_EVER.where(_members.left_at.is_(None)), IN_ORDER_OF_JOINING, _members),
    WorkspaceSort.LEFT_AT: _pages(_EVER.where(_members.left_at.is_not(None)), IN_ORDER_OF_LEAVING, _members),
}

_INVITATIONS = _pages(
    select(*(_invitations[name] for name in InvitationView.__struct_fields__)).where(
        _invitations.workspace_id == _WORKSPACE_ID, _invitations.spent_at.is_(None), _invitations.expires_at > _NOW
    ),
    OLDEST_FIRST,
    _invitations,
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
        self, user_id: UUID, page: PageRequest[WorkspaceSort], *, only: UUID | None
    ) -> PageSlice[WorkspaceForMember]:
        statements, parameters = (_ALL_WORKSPACES, {}) if only is None else (_ONE_WORKSPACE, {"workspace_id": only})
        return await self._list(statements, {"user_id": user_id, **parameters}, page, _workspace)

    async def member(self, workspace_id: UUID, user_id: UUID) -> MemberView | None:
        row = await self._database.fetch_row(_MEMBER, {"workspace_id": workspace_id, "user_id": user_id})
        return None if row is None else _member(row)

    async def members(self, workspace_id: UUID, page: PageRequest[WorkspaceSort]) -> PageSlice[MemberView]:
        return await self._list(_MEMBERS[page.order.sort], {"workspace_id": workspace_id}, page, _member)

    async def invitations(
        self, workspace_id: UUID, page: PageRequest[WorkspaceSort], *, now: datetime
    ) -> PageSlice[InvitationView]:
        return await self._list(_INVITATIONS, {"workspace_id": workspace_id, "now": now}, page, _invitation)

    async def deleted_workspaces(self, now: datetime) -> list[DeletedWorkspace]:
        return [DeletedWorkspace(*row) for row in await self._database.fetch(_DELETED, {"since": now - RESTORABLE})]

    async def _list(
        self,
        statements: dict[bool, Statement],
        parameters: Parameters,
        page: PageRequest[WorkspaceSort],
        view: Callable[[Record], View],
    ) -> PageSlice[View]:
        records = await self._database.fetch(statements[page.after is not None], parameters | _ORDERS.page_parameters(page))
        return _ORDERS.slice_of(records, page, view)


def _workspace(row: Record) -> WorkspaceForMember:
    return WorkspaceForMember(**{**row, "role": _KEYS[row["role"]]})


def _member(row: Record) -> MemberView:
    return MemberView(**{**row, "role": _KEYS[row["role"]] if row["left_at"] is None else None})


def _invitation(row: Record) -> InvitationView:
    return InvitationView(**{**row, "role": _KEYS[row["role"]]})
