"""What passwords are checked against."""

from uuid import UUID

from sqlalchemy import bindparam, select

from taskhub.kernel.application.clock import Clock
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.users.application.passwords import Credentials
from taskhub.users.infrastructure.mappings import USERS
from taskhub.users.infrastructure.sign_in_addresses import RETENTION, SqlSignInAddresses, is_known

_users = USERS.table.c
_ID = bindparam("id", type_=_users.id.type)
_ACCOUNT = (_users.id, _users.password_hash, _users.password_number, _users.version)
_OPEN = _users.deleted_at.is_(None)
_BY_EMAIL = Statement(
    select(*_ACCOUNT, is_known(_users.id)).where(_OPEN, _users.email_key == bindparam("key", type_=_users.email_key.type))
)
_BY_ID = Statement(select(*_ACCOUNT).where(_OPEN, _users.id == _ID))


class SqlCredentialStore:
    def __init__(self, database: Database, addresses: SqlSignInAddresses, clock: Clock) -> None:
        self._database = database
        self._addresses = addresses
        self._clock = clock

    async def by_email(self, key: str, address: str) -> Credentials | None:
        """One statement, whether anybody has the email or not."""
        since = self._clock() - RETENTION
        return await self._read(_BY_EMAIL, {"key": key, "digests": self._addresses.digests(address), "since": since})

    async def by_id(self, user_id: UUID) -> Credentials | None:
        return await self._read(_BY_ID, {"id": user_id})

    async def _read(self, statement: Statement, parameters: Parameters) -> Credentials | None:
        record = await self._database.fetch_row(statement, parameters)
        return None if record is None else Credentials(*record)
