"""The parameters of a commit's statement: how they are called, and the values that they stand for."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, bindparam, case, column, func, literal_column
from sqlalchemy.sql.elements import Grouping
from sqlalchemy.sql.expression import FromClause


def parameter(part: str, name: str) -> str:
    return f"{part}__{name}"


@lru_cache(maxsize=1024)
def parameters_of(part: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(parameter(part, name) for name in names)


def bounds_of(name: str) -> tuple[str, str]:
    """Of several rows with an array each, all elements are in one array: which of them are whose is told by these."""
    return f"{name}_from", f"{name}_until"


class Rows:
    """The values of one part: a parameter for each column, or for several rows an array for each, zipped by position. An array of
    one element is the value of all rows.

    ``stream`` is the column that has the same value in all rows, and so is one parameter even then: it says where they are.
    """

    def __init__(self, part: str, columns: list[tuple[str, Any]], *, many: bool, stream: str | None = None) -> None:
        self.source: FromClause | None = None
        self.values: dict[str, ColumnElement[Any]] = {
            name: bindparam(parameter(part, name), type_=type_) for name, type_ in columns if not many or name == stream
        }
        if not many:
            return
        zipped: list[tuple[str, Any]] = []
        for name, type_ in columns:
            if isinstance(type_, ARRAY):
                zipped += [(bound, Integer()) for bound in bounds_of(name)]
            elif name != stream:
                zipped.append((name, type_))
        self.source = rows = (
            func.unnest(*(bindparam(parameter(part, name), type_=ARRAY(type_)) for name, type_ in zipped))
            .table_valued(*(column(name, type_) for name, type_ in zipped), with_ordinality="place", name=part)
            .render_derived()
        )
        for name, type_ in columns:
            if isinstance(type_, ARRAY):
                first, last = (_value(part, rows.c[bound]) for bound in bounds_of(name))
                elements = Grouping(bindparam(parameter(part, name), type_=type_))[first:last]
                # The function returns what it is given. Without it Citus 14.0 crashes where an update sets a column to a part of
                # an array: it takes that for an assignment to a part of the column.
                self.values[name] = func.trim_array(elements, literal_column("0"), type_=type_)
            elif name != stream:
                self.values[name] = _value(part, rows.c[name])
        self.values["place"] = rows.c.place


def _value(part: str, zipped: ColumnElement[Any]) -> ColumnElement[Any]:
    """The value of a row: the first one's, if that is the only one."""
    array = Grouping(bindparam(parameter(part, zipped.key or ""), type_=ARRAY(zipped.type)))
    return case((func.cardinality(array) == literal_column("1", Integer()), array[literal_column("1", Integer())]), else_=zipped)
