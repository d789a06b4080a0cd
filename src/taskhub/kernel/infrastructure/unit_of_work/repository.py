"""What every repository can do, given a mapping."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, select

from taskhub.kernel.application.commands import Expected
from taskhub.kernel.application.turns import in_turns
from taskhub.kernel.application.versions import require_version
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.infrastructure.postgres.connection import Parameters
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping
from taskhub.kernel.infrastructure.unit_of_work.statements import by_ids
from taskhub.kernel.infrastructure.unit_of_work.unit_of_work import SqlUnitOfWork

A = TypeVar("A", bound=Aggregate)


class SqlRepository(Generic[A]):
    """Loads and adds whole aggregates. Writing them back is the unit of work's business."""

    mapping: ClassVar[Mapping[Any]]

    def __init__(self, uow: SqlUnitOfWork) -> None:
        self._uow = uow

    async def find(self, *key: UUID, with_deleted: bool = False) -> A | None:
        """The aggregate under this key (the stream first), locked if the unit of work is. One in the trash only on demand."""
        known: A | None = self._uow.identity_map.find(self.mapping, key)
        if known is not None:
            return known if with_deleted or getattr(known, "deleted_at", None) is None else None
        row = await self._read(key, with_deleted=with_deleted)
        return None if row is None else self.track(row)

    async def _read(self, key: tuple[UUID, ...], *, with_deleted: bool) -> Any | None:
        statement = _by_key(self.mapping, self._uow.is_locking, with_deleted)
        return await self._uow.fetch_row(statement, dict(zip(self.mapping.key, key, strict=True)))

    async def find_all(self, stream_id: UUID, ids: Iterable[UUID]) -> list[A]:
        """Those of these that are there, in the trash or not, locked if the unit of work is: in the order of their ids."""
        statement = by_ids(self.mapping, locking=self._uow.is_locking)
        return await self._load_all(statement, {"stream_id": stream_id, "ids": list(set(ids))})

    async def get(self, *key: UUID, expected: Expected = None, with_deleted: bool = False) -> A:
        """The aggregate under this key, at one of the versions that the caller expects.

        Raises:
            NotFound
            StaleVersion
        """
        return checked(await self.find(*key, with_deleted=with_deleted), expected)

    def add(self, aggregate: A) -> None:
        self._uow.identity_map.add(self.mapping, aggregate)

    def remove(self, aggregate: A) -> None:
        """Deletes the row at commit. The aggregate must have recorded the event that says so."""
        self._uow.identity_map.remove(self.mapping, aggregate)

    async def _load(self, statement: Statement, parameters: Parameters) -> A | None:
        record = await self._uow.fetch_row(statement, parameters)
        return None if record is None else self.track(record)

    async def _load_all(self, statement: Statement, parameters: Parameters) -> list[A]:
        return [self.track(record) async for record in in_turns(await self._uow.fetch(statement, parameters))]

    def track(self, row: Any) -> A:
        aggregate: A = self._uow.identity_map.load(self.mapping, row, is_locked=self._uow.is_locking)
        return aggregate


def checked(aggregate: A | None, expected: Expected) -> A:
    """The aggregate, if it is there at a version that the caller expects.

    Raises:
        NotFound
        StaleVersion
    """
    if aggregate is None:
        raise NotFound
    require_version(aggregate, expected)
    return aggregate


@lru_cache(maxsize=256)
def _by_key(mapping: Mapping[Any], locking: bool, with_deleted: bool) -> Statement:
    columns = mapping.table.c
    conditions: list[ColumnElement[bool]] = [
        *mapping.criteria,
        *(columns[name] == bindparam(name, type_=columns[name].type) for name in mapping.key),
    ]
    if "deleted_at" in columns and not with_deleted:
        conditions.append(columns.deleted_at.is_(None))
    query = select(*mapping.columns).where(*conditions)
    return Statement(query.with_for_update() if locking else query, name=f"load {mapping.name} by key")
