"""The parameters of a commit's statement: how they are called, and the values that they stand for."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, bindparam, cast, column, func
from sqlalchemy.dialects.postgresql import ARRAY as PG_ARRAY
from sqlalchemy.sql.expression import FromClause


def parameter(part: str, name: str) -> str:
    return f"{part}__{name}"


@lru_cache(maxsize=1024)
def parameters_of(part: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(parameter(part, name) for name in names)


class Rows:
    """The values of one part: a parameter for each column, or for several rows an array for each, zipped by position."""

    def __init__(self, part: str, columns: list[tuple[str, Any]], *, many: bool) -> None:
        self.source: FromClause | None = None
        if not many:
            self.values: dict[str, ColumnElement[Any]] = {
                name: bindparam(parameter(part, name), type_=type_) for name, type_ in columns
            }
            return
        # An array of arrays would be flattened by unnest: such a column travels as array literals.
        arrays = [
            bindparam(parameter(part, name), type_=ARRAY(Text() if isinstance(type_, ARRAY | PG_ARRAY) else type_))
            for name, type_ in columns
        ]
        rows = (
            func.unnest(*arrays)
            .table_valued(
                *(column(name, Text() if isinstance(type_, ARRAY | PG_ARRAY) else type_) for name, type_ in columns),
                with_ordinality="place",
                name=part,
            )
            .render_derived()
        )
        self.source = rows
        self.values = {
            name: cast(rows.c[name], type_) if isinstance(type_, ARRAY | PG_ARRAY) else rows.c[name] for name, type_ in columns
        }
        self.values["place"] = rows.c.place
