"""What passwords are checked against."""

from uuid import UUID

from sqlalchemy import bindparam, select

from taskhub.kernel.infrastructure.database import Database, Parameters
from taskhub.kernel.infrastructure.statements import Statement
from taskhub.users.application.passwords import Credentials
from taskhub.users.infrastructure.mappings import USERS

_users = USERS.table.c
_CREDENTIALS = select(_users.id, _users.password_hash, _users.password_number, _users.version).where(_users.deleted_at.is_(None))
_BY_EMAIL = Statement(_CREDENTIALS.where(_users.email_key == bindparam("key", type_=_users.email_key.type)))
_BY_ID = Statement(_CREDENTIALS.where(_users.id == bindparam("id", type_=_users.id.type)))


class SqlCredentialStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_email(self, key: str) -> Credentials | None:
        return await self._read(_BY_EMAIL, {"key": key})

    async def by_id(self, user_id: UUID) -> Credentials | None:
        return await self._read(_BY_ID, {"id": user_id})

    async def _read(self, statement: Statement, parameters: Parameters) -> Credentials | None:
        record = await self._database.fetch_row(statement, parameters)
        return None if record is None else Credentials(*record)
