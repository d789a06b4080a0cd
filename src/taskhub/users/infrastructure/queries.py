"""Reads of an account, one round trip each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, Uuid, bindparam, func, select

from taskhub.kernel.application.pages import PageRequest, PageSlice
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.pages import Columns, Orders, SortColumn
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.users.application.queries import NEWEST_FIRST, AccountSort
from taskhub.users.application.views import SessionView, TokenView, UserView
from taskhub.users.infrastructure.mappings import API_TOKENS, SESSIONS, USERS

_users, _sessions, _tokens = USERS.table.c, SESSIONS.table.c, API_TOKENS.table.c
_ID = bindparam("id", type_=Uuid())
_USER_ID = bindparam("user_id", type_=Uuid())
_NOW = bindparam("now", type_=DateTime(timezone=True))
_ORDERS = Orders({AccountSort.ID: (SortColumn("id"),)})


def _pages(query: Select[Any], columns: Columns) -> dict[bool, Statement]:
    """The first page of a list, and the next ones."""
    return {goes_on: Statement(_ORDERS.page(query, NEWEST_FIRST, columns, goes_on=goes_on)) for goes_on in (False, True)}


_USER = Statement(
    select(*(_users[name] for name in UserView.__struct_fields__)).where(_users.id == _USER_ID, _users.deleted_at.is_(None))
)
_OF_SESSION: dict[str, ColumnElement[Any]] = {
    **_sessions,
    "last_used_at": func.greatest(_sessions.last_used_at, _sessions.updated_at).label("last_used_at"),
    "current": (_sessions.id == bindparam("current", type_=Uuid())).label("current"),
}
_OPEN_SESSIONS = select(*(_OF_SESSION[name] for name in SessionView.__struct_fields__)).where(
    _sessions.user_id == _USER_ID, _sessions.expires_at > _NOW
)
_SESSION = Statement(_OPEN_SESSIONS.where(_sessions.id == _ID))
_SESSION_PAGE = _pages(_OPEN_SESSIONS, _sessions)
_ALL_TOKENS = select(*(_tokens[name] for name in TokenView.__struct_fields__)).where(_tokens.user_id == _USER_ID)
_TOKEN = Statement(_ALL_TOKENS.where(_tokens.id == _ID))
_TOKEN_PAGE = _pages(_ALL_TOKENS, _tokens)


class SqlAccountQueries:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def user(self, user_id: UUID) -> UserView:
        return UserView(*await self._one(_USER, {"user_id": user_id}))

    async def sessions(
        self, user_id: UUID, current: UUID, page: PageRequest[AccountSort], *, now: datetime
    ) -> PageSlice[SessionView]:
        parameters = {"user_id": user_id, "current": current, "now": now, **_ORDERS.page_parameters(page)}
        records = await self._database.fetch(_SESSION_PAGE[page.after is not None], parameters)
        return _ORDERS.slice_of(records, page, lambda record: SessionView(*record))

    async def session(self, user_id: UUID, current: UUID, id: UUID, *, now: datetime) -> SessionView:
        return SessionView(*await self._one(_SESSION, {"user_id": user_id, "current": current, "id": id, "now": now}))

    async def tokens(self, user_id: UUID, page: PageRequest[AccountSort]) -> PageSlice[TokenView]:
        parameters = {"user_id": user_id, **_ORDERS.page_parameters(page)}
        records = await self._database.fetch(_TOKEN_PAGE[page.after is not None], parameters)
        return _ORDERS.slice_of(records, page, lambda record: TokenView(*record))

    async def token(self, user_id: UUID, id: UUID) -> TokenView:
        return TokenView(*await self._one(_TOKEN, {"user_id": user_id, "id": id}))

    async def _one(self, statement: Statement, parameters: dict[str, Any]) -> Any:
        record = await self._database.fetch_row(statement, parameters)
        if record is None:
            raise NotFound
        return record
