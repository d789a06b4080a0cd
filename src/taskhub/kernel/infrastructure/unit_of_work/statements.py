"""Statements that load rows of any mapping."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, Uuid, bindparam, func, select

from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import Mapping


@lru_cache(maxsize=64)
def by_ids(mapping: Mapping[Any], *, locking: bool) -> Statement:
    """All rows of a stream with these ``ids``, in the order of their ids, locked or not."""
    stream_id, id = (mapping.table.c[name] for name in mapping.key)
    conditions = (
        *mapping.criteria,
        stream_id == bindparam("stream_id", type_=Uuid()),
        id == func.any(bindparam("ids", type_=ARRAY(Uuid()))),
    )
    query = select(*mapping.columns).where(*conditions).order_by(id)
    return Statement(query.with_for_update() if locking else query, name=f"load {mapping.name} by ids")
