"""SQLAlchemy Core statements, compiled once and run on the driver as they are."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, cast

from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, Executable

_DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no annotation for it.


class Statement:
    """One compiled statement: its SQL, and the order of its named parameters.

    Compiling takes milliseconds, so statements are made at import or kept per shape, never per call.
    """

    __slots__ = ("_defaults", "_names", "_pick", "sql")

    def __init__(self, expression: Executable) -> None:
        compiled = cast("ClauseElement", expression).compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self._names: tuple[str, ...] = tuple(compiled.positiontup or ())
        self._pick = itemgetter(*self._names) if len(self._names) > 1 else None
        self._defaults: dict[str, Any] = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}

    def arguments(self, parameters: dict[str, Any]) -> Sequence[Any]:
        """The positional arguments for a set of named parameters. A missing one is a KeyError, never a silent NULL."""
        values = self._defaults | parameters if self._defaults else parameters
        return self._pick(values) if self._pick else [values[name] for name in self._names]
