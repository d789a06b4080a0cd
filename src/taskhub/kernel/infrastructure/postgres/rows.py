"""The base of all tables: naming, and the columns that many of them share."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """A table, described. Rows are never instantiated: aggregates are plain classes, statements are Core.

    Attributes:
        distributed_by: the column by which a distributed PostgreSQL (Citus) divides the table among its nodes: that of the
            workspace, the stream or the user whose rows they are. None: the table is only on the coordinator. A table that does
            not say it can't be distributed.
    """

    distributed_by: ClassVar[str | None]
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        list[UUID]: ARRAY(Uuid()),
    }


class Versioned:
    version: Mapped[int] = mapped_column(sort_order=90)


class Timestamped:
    created_at: Mapped[datetime] = mapped_column(sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(sort_order=92)


class SoftDeleted:
    deleted_at: Mapped[datetime | None] = mapped_column(sort_order=93)


def distributed_tables() -> dict[str, str]:
    """All tables that can be distributed, with the column by which they are."""
    columns = {mapper.class_.__tablename__: getattr(mapper.class_, "distributed_by", None) for mapper in Row.registry.mappers}
    return {name: column for name, column in sorted(columns.items()) if column is not None}


def table_of(row: type[Row]) -> Table:
    table: Any = row.__table__
    assert isinstance(table, Table)
    return table
