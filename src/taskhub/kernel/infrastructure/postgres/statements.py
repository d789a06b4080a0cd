"""SQLAlchemy Core statements, compiled once and run on the driver as they are."""

import sys
from collections.abc import Mapping, Sequence
from operator import itemgetter
from types import CodeType
from typing import Any, Self, cast
from weakref import WeakSet

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.expression import ClauseElement, Executable
from sqlalchemy.sql.visitors import ExternallyTraversible, iterate

_DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy has no annotation for it.


_COMPILED = frozenset({"_defaults", "_names", "_pick", "sql"})
_NAMED = frozenset({"tables", "written"})
_made: "WeakSet[Statement]" = WeakSet()


class Statement:
    """A statement, compiled when it is first needed: its SQL, and the order of its named parameters.

    Compiling takes milliseconds, so statements are made at import or kept per shape, never per call. It is put off because one
    process needs few of them: a tenth of a second at each start.
    """

    __slots__ = (
        "__weakref__",
        "_declared",
        "_defaults",
        "_expression",
        "_names",
        "_pick",
        "is_counting",
        "name",
        "sql",
        "tables",
        "written",
    )

    name: str
    """What logs and metrics call it: the module and the variable that it is declared as (`users.queries.session`), or the
    function that makes it. Variants of one statement have the same name.
    """
    sql: str
    tables: frozenset[str]
    """The names of all tables that it reads, locks or writes."""
    written: frozenset[str]
    """Of those that it writes."""
    _names: tuple[str, ...]
    _pick: "itemgetter[Any] | None"
    _defaults: dict[str, Any]

    def __init__(self, expression: Executable, *, name: str | None = None, is_counting: bool = False) -> None:
        """
        Args:
            name: of one that a function makes for several tables, whose place in the code says too little.
            is_counting: whether it writes nothing but counters, which no aggregate has.
        """
        self._expression = expression
        self.is_counting = is_counting
        caller = sys._getframe(1)
        self._declared: tuple[Mapping[str, Any], CodeType] = (caller.f_globals, caller.f_code)
        if name is not None:
            self.name = name
        _made.add(self)

    def __getattr__(self, name: str) -> Any:
        """Asked for what is not there yet: afterwards the attributes are found without coming here."""
        if name == "name":
            self.name = self._find_name()
        elif name in _NAMED:
            self._name_tables()
        elif name in _COMPILED:
            self._compile()
        else:
            raise AttributeError(name)
        return object.__getattribute__(self, name)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Nothing in it changes. Containers copy what their providers are given."""
        return self

    def _find_name(self) -> str:
        variables, code = self._declared
        module = variables["__name__"].removeprefix("taskhub.").replace(".infrastructure", "")
        holder = next((name for name, value in variables.items() if _holds(value, self)), None)
        declared = holder or code.co_qualname.partition(".<locals>")[0].removesuffix(".__init__")
        return f"{module}.{declared.lstrip('_').lower()}"

    def _compile(self) -> None:
        compiled = cast("ClauseElement", self._expression).compile(dialect=_DIALECT)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        self._pick = itemgetter(*self._names) if len(self._names) > 1 else None
        self._defaults = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}

    def _name_tables(self) -> None:
        parts = list(iterate(cast("ExternallyTraversible", self._expression)))
        self.tables = frozenset(part.name for part in parts if isinstance(part, Table))
        self.written = frozenset(
            part.table.name for part in parts if isinstance(part, UpdateBase) and isinstance(part.table, Table)
        )

    def arguments(self, parameters: dict[str, Any]) -> Sequence[Any]:
        """The positional arguments for a set of named parameters. A missing one is a KeyError, never a silent NULL."""
        values = self._defaults | parameters if self._defaults else parameters
        return self._pick(values) if self._pick else [values[name] for name in self._names]


def _holds(value: object, statement: Statement) -> bool:
    """Whether a variable is this statement, or a collection with it."""
    if isinstance(value, dict):
        return any(one is statement for one in value.values())
    return value is statement or (isinstance(value, list | tuple) and any(one is statement for one in value))


def made_statements() -> list[Statement]:
    """All that the imported modules have declared, and what functions have made since, in the order of their names."""
    return sorted(_made, key=lambda statement: statement.name)
