"""Users, sessions and API tokens, loaded whole."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.kernel.infrastructure.unit_of_work.repository import SqlRepository
from taskhub.users.domain.api_token import ApiToken
from taskhub.users.domain.session import Session
from taskhub.users.domain.user import User
from taskhub.users.infrastructure.mappings import API_TOKENS, SESSIONS, USERS

_users = USERS.table.c
_BY_EMAIL = select(*USERS.columns).where(_users.email_key == bindparam("key", type_=_users.email_key.type))
_USER_BY_EMAIL = {False: Statement(_BY_EMAIL), True: Statement(_BY_EMAIL.with_for_update())}


def _of_user(mapping: Mapping[Any]) -> dict[bool, Statement]:
    """All rows of one user, in the order in which they are locked."""
    columns = mapping.table.c
    mine = columns.user_id == bindparam("user_id", type_=columns.user_id.type)
    query = select(*mapping.columns).where(mine).order_by(columns.id)
    return {False: Statement(query), True: Statement(query.with_for_update())}


_SESSIONS_OF_USER = _of_user(SESSIONS)
_TOKENS_OF_USER = _of_user(API_TOKENS)


class SqlUserRepository(SqlRepository[User]):
    mapping = USERS

    async def find_by_email(self, key: str) -> User | None:
        return await self._load(_USER_BY_EMAIL[self._uow.is_locking], {"key": key})


class SqlSessionRepository(SqlRepository[Session]):
    mapping = SESSIONS

    async def of_user(self, user_id: UUID) -> list[Session]:
        return await self._load_all(_SESSIONS_OF_USER[self._uow.is_locking], {"user_id": user_id})


class SqlApiTokenRepository(SqlRepository[ApiToken]):
    mapping = API_TOKENS

    async def of_user(self, user_id: UUID) -> list[ApiToken]:
        return await self._load_all(_TOKENS_OF_USER[self._uow.is_locking], {"user_id": user_id})
