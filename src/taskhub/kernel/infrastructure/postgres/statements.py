"""SQLAlchemy Core statements, compiled once and run on the driver as they are."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Self, cast

from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, Executable

_DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no annotation for it.


_COMPILED = frozenset({"_defaults", "_names", "_pick", "sql"})


class Statement:
    """A statement, compiled when it is first needed: its SQL, and the order of its named parameters.

    Compiling takes milliseconds, so statements are made at import or kept per shape, never per call. It is put off because one
    process needs few of them: a tenth of a second at each start.
    """

    __slots__ = ("_defaults", "_expression", "_names", "_pick", "sql")

    sql: str
    _names: tuple[str, ...]
    _pick: "itemgetter[Any] | None"
    _defaults: dict[str, Any]

    def __init__(self, expression: Executable) -> None:
        self._expression = expression

    def __getattr__(self, name: str) -> Any:
        """Asked for what is not there yet: afterwards the attributes are found without coming here."""
        if name not in _COMPILED:
            raise AttributeError(name)
        self._compile()
        return object.__getattribute__(self, name)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Nothing in it changes. Containers copy what their providers are given."""
        return self

    def _compile(self) -> None:
        compiled = cast("ClauseElement", self._expression).compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        self._pick = itemgetter(*self._names) if len(self._names) > 1 else None
        self._defaults = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}

    def arguments(self, parameters: dict[str, Any]) -> Sequence[Any]:
        """The positional arguments for a set of named parameters. A missing one is a KeyError, never a silent NULL."""
        values = self._defaults | parameters if self._defaults else parameters
        return self._pick(values) if self._pick else [values[name] for name in self._names]
