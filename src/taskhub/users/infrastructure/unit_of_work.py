"""This module's unit of work."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Uuid, bindparam, delete, or_

from taskhub.kernel.application.unit_of_work import Attempt
from taskhub.kernel.contract.ids import derived_id
from taskhub.kernel.infrastructure.event_log.notifier import EventNotifier
from taskhub.kernel.infrastructure.event_log.tables import IdempotencyKeyRow
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.users.contract.membership_exits import MembershipExits
from taskhub.users.infrastructure.repositories import SqlApiTokenRepository, SqlSessionRepository, SqlUserRepository
from taskhub.users.infrastructure.sign_in_addresses import DELETE_ADDRESSES

_keys = table_of(IdempotencyKeyRow)
_USER, _SHADOW = bindparam("user_id", type_=Uuid()), bindparam("derived_id", type_=Uuid())
_DELETE_IDEMPOTENCY_KEYS = Statement(delete(_keys).where(or_(_keys.c.user_id == _USER, _keys.c.entity_id == _SHADOW)))


class SqlUsersUnitOfWork(SqlUnitOfWork):
    def __init__(
        self,
        database: Database,
        notifier: EventNotifier,
        membership_exits: Callable[[SqlUnitOfWork], MembershipExits],
        attempt: Attempt,
    ) -> None:
        super().__init__(database, notifier, attempt)
        self._membership_exits = membership_exits

    @property
    def users(self) -> SqlUserRepository:
        return SqlUserRepository(self)

    @property
    def sessions(self) -> SqlSessionRepository:
        return SqlSessionRepository(self)

    @property
    def api_tokens(self) -> SqlApiTokenRepository:
        return SqlApiTokenRepository(self)

    @property
    def membership_exits(self) -> MembershipExits:
        return self._membership_exits(self)

    async def delete_idempotency_keys(self, user_id: UUID) -> None:
        await self.write(_DELETE_IDEMPOTENCY_KEYS, {"user_id": user_id, "derived_id": derived_id(user_id)})

    async def delete_addresses(self, user_id: UUID) -> None:
        await self.write(DELETE_ADDRESSES, {"user_id": user_id})
