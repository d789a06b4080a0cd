"""Names of accounts for other modules: over their unit of work, or straight from the database."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, select

from taskhub.kernel.infrastructure.postgres.connection import Parameters, Record
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Guard
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork
from taskhub.users.contract.accounts import DELETED, AccountName, OpenAccounts
from taskhub.users.contract.errors import InvalidToken
from taskhub.users.infrastructure.mappings import USERS

_users = USERS.table.c
_NAMES = Statement(
    select(_users.id, _users.name, _users.email).where(
        _users.id == func.any(bindparam("ids", type_=ARRAY(Uuid()))), _users.deleted_at.is_(None)
    )
)

_IS_OPEN = Guard(USERS.table, ("id",), (_users.deleted_at.is_(None),))
_LOCK = Statement(
    select(_users.id).where(_users.id == bindparam("id", type_=Uuid()), _users.deleted_at.is_(None)).with_for_update(read=True)
)


class _Reads(Protocol):
    async def fetch(self, statement: Statement, parameters: Parameters, /) -> list[Record]: ...


class SqlAccounts:
    """``source`` runs the query: a `Database`, or a unit of work."""

    def __init__(self, source: _Reads) -> None:
        self._source = source

    async def names(self, user_ids: Iterable[UUID]) -> dict[UUID, AccountName]:
        ids = set(user_ids)
        if not ids:
            return {}
        names = dict.fromkeys(ids, DELETED)
        for record in await self._source.fetch(_NAMES, {"ids": list(ids)}):
            names[record["id"]] = AccountName(record["name"], record["email"])
        return names


class SqlOpenAccounts:
    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow

    async def require(self, user_id: UUID) -> None:
        if not self._uow.is_locking:
            self._uow.identity_map.guard(_IS_OPEN, (user_id,))
        elif await self._uow.fetch_row(_LOCK, {"id": user_id}) is None:
            raise InvalidToken


def sql_open_accounts(uow: SqlUnitOfWork) -> OpenAccounts:
    return SqlOpenAccounts(uow)
