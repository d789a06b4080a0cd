"""This module's unit of work."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, or_

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.contract.ids import shadow_of
from taskhub.kernel.infrastructure.event_log.notifier import StreamSignal
from taskhub.kernel.infrastructure.event_log.tables import RetryKeyRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.users.contract.tenancies import Tenancies
from taskhub.users.infrastructure.repositories import SqlApiTokens, SqlSessions, SqlUsers
from taskhub.users.infrastructure.sign_in_addresses import FORGET

_keys = table_of(RetryKeyRow)
_USER, _SHADOW = bindparam("user_id", type_=Uuid()), bindparam("shadow", type_=Uuid())
_FORGET_RETRY_KEYS = Statement(delete(_keys).where(or_(_keys.c.user_id == _USER, _keys.c.entity_id == _SHADOW)))


class SqlUsersUnitOfWork(SqlUnitOfWork):
    def __init__(
        self,
        database: Database,
        signal: StreamSignal,
        tenancies: Callable[[SqlUnitOfWork], Tenancies],
        attempt: Attempt,
    ) -> None:
        super().__init__(database, signal, attempt)
        self._tenancies = tenancies

    @property
    def users(self) -> SqlUsers:
        return SqlUsers(self)

    @property
    def sessions(self) -> SqlSessions:
        return SqlSessions(self)

    @property
    def api_tokens(self) -> SqlApiTokens:
        return SqlApiTokens(self)

    @property
    def tenancies(self) -> Tenancies:
        return self._tenancies(self)

    async def forget_retry_keys(self, user_id: UUID) -> None:
        await self.write(_FORGET_RETRY_KEYS, {"user_id": user_id, "shadow": shadow_of(user_id)})

    async def forget_addresses(self, user_id: UUID) -> None:
        await self.write(FORGET, {"user_id": user_id})
