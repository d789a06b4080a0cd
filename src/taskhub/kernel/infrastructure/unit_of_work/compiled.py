"""The functions that turn rows into aggregates and representations and back, written for each resource when it is declared.

They run for every row of every request, so they are what one would write by hand: values by position, without a loop, without a
look-up of a name. What they are made of is the aggregate's class, the table and the representation; see `Fields`.
"""

import linecache
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, get_origin, get_type_hints

import msgspec
from sqlalchemy import Table

from taskhub.kernel.application.event_types import UNLOGGED
from taskhub.kernel.application.members import members_of
from taskhub.kernel.infrastructure.unit_of_work.fields import Compound, Conversion, Converted, Fields

_AS_IT_IS = Converted()
_LIST = Converted(load=tuple, dump=list)
"""Arrays come as lists; in aggregates nobody changes them."""


class UndeclaredField(TypeError):
    """A field without a column, or a column or a member of a representation without a field."""


class Compiled(NamedTuple):
    """Attributes:
    columns: the columns of an aggregate, in the order of `to_row` and `from_row`.
    unconverted: the places of those that hold a value as the aggregate has it.
    view_columns: those of a representation, in the order of `show`.
    from_row: makes the aggregate of a row that begins with the columns.
    to_row: the values of the columns.
    represent: the representation of an aggregate; None where the representation has members of its own.
    changes: the members of a representation that differ from those of a row that begins with the columns, as ``[before, after]``,
        without those that an event tells by itself; likewise.
    show: the representation of a row that begins with the view's columns, given before it what all rows have in common.
    """

    columns: tuple[str, ...]
    unconverted: frozenset[int]
    view_columns: tuple[str, ...]
    from_row: Callable[[Any], Any]
    to_row: Callable[[Any], Sequence[Any]]
    represent: Callable[[Any], Any]
    changes: Callable[[Any, Any], dict[str, list[Any]]]
    show: Callable[..., Any]


def compiled(aggregate: type, table: Table, view: type[msgspec.Struct], fields: Fields, *, is_shown: bool) -> Compiled:
    """The functions of one resource. ``is_shown``: whether its representation follows from its columns.

    Raises:
        UndeclaredField
    """
    return _Compiler(aggregate, table, view, fields).compiled(is_shown=is_shown)


class _Compiler:
    def __init__(self, aggregate: type, table: Table, view: type[msgspec.Struct], fields: Fields) -> None:
        self._aggregate, self._table, self._view, self._fields = aggregate, table, view, fields
        self._part: type | None = get_type_hints(aggregate)[fields.part] if fields.part else None
        self._globals: dict[str, Any] = {}
        self._specs = {name: self._spec(name, hint) for name, hint in self._members()}

    def compiled(self, *, is_shown: bool) -> Compiled:
        self._check()
        if is_shown:
            self._check_view()
        return Compiled(
            self._columns,
            frozenset(place for place, name in enumerate(self._columns) if self._is_unconverted(name)),
            self._view_columns if is_shown else (),
            self._function("from_row", ("row",), self._from_row()),
            self._function(
                "to_row", ("one",), [*self._locals(self._columns), f"return {_tuple(map(self._value, self._columns))}"]
            ),
            self._function("represent", ("one",), self._represent()) if is_shown else _never,
            self._function("changes", ("row", "view"), self._changes()) if is_shown else _never,
            self._function("show", (*map(_local, self._fields.given), "row"), self._show()) if is_shown else _never,
        )

    # -- what there is -----------------------------------------------------------------------------

    def _members(self) -> Iterable[tuple[str, Any]]:
        """The fields of the aggregate and of its part, with their types."""
        for kind in filter(None, (self._aggregate, self._part)):
            hints = get_type_hints(kind)
            yield from ((one.name, hints[one.name]) for one in members_of(kind) if one.name != self._fields.part)

    def _spec(self, name: str, hint: Any) -> Converted | Compound:
        return self._fields.stored.get(name) or (_LIST if get_origin(hint) is tuple else _AS_IT_IS)

    @cached_property
    def _sources(self) -> dict[str, str]:
        """The column and the field that it is of; none for those that are made of the whole aggregate."""
        sources = dict.fromkeys(self._fields.computed, "")
        for name, spec in self._specs.items():
            columns = (*spec.columns, *spec.computed) if isinstance(spec, Compound) else (name,)
            sources.update(dict.fromkeys(columns, name))
        return sources

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self._table.columns if column.name in self._sources)

    @cached_property
    def _view_columns(self) -> tuple[str, ...]:
        names = dict.fromkeys(column for member in self._view.__struct_fields__ for column in self._columns_of(member))
        return tuple(name for name in names if name not in self._fields.given)

    def _is_unconverted(self, column: str) -> bool:
        name = self._sources[column]
        return name not in self._fields.not_loaded and self._specs.get(name) in (_AS_IT_IS, _LIST)

    def _columns_of(self, member: str) -> tuple[str, ...]:
        shown = self._fields.shown.get(member)
        return shown.columns if shown else (member,)

    def _check(self) -> None:
        columns = {column.name for column in self._table.columns}
        for name in sorted(self._sources.keys() - columns):
            raise UndeclaredField(
                f"{self._aggregate.__name__}.{self._sources[name] or name}: {self._table.name} has no column {name}"
            )
        for column in self._table.columns:
            if column.name not in self._sources and column.name not in self._fields.foreign and column.computed is None:
                raise UndeclaredField(f"{self._table.name}.{column.name}: {self._aggregate.__name__} has no such field")

    def _check_view(self) -> None:
        for member in self._view.__struct_fields__:
            for name in self._columns_of(member):
                if name not in self._sources:
                    raise UndeclaredField(f"{self._view.__name__}.{member}: {self._aggregate.__name__} has no column {name}")

    # -- how it is written -------------------------------------------------------------------------

    def _from_row(self) -> list[str]:
        part = []
        if self._part is not None:
            part = [f"part = {self._known(self._part)}({', '.join(self._arguments(self._part))})"]
        made = f"return {self._known(self._aggregate)}({', '.join(self._arguments(self._aggregate))})"
        return [_unpacked(self._columns), *part, made]

    def _arguments(self, kind: Any) -> list[str]:
        """What an aggregate or its part is made of, by position as far as that goes."""
        arguments, is_named = [], False
        for one in members_of(kind):
            if one.name in self._fields.not_loaded:
                is_named = True
                continue
            value = "part" if one.name == self._fields.part else self._loaded(one.name)
            arguments.append(f"{one.name}={value}" if is_named or one.is_named else value)
        return arguments

    def _loaded(self, name: str) -> str:
        spec = self._specs[name]
        if isinstance(spec, Compound):
            return _called(self._known(spec.load), map(_local, spec.columns), is_optional=spec.is_optional)
        return self._converted(spec.load, _local(name))

    def _locals(self, columns: Iterable[str]) -> list[str]:
        """Fields that several columns are made of, each looked up once, and before them what holds them."""
        compounds = {name: None for column in columns if isinstance(self._specs.get(name := self._sources[column]), Compound)}
        part = [f"part = one.{self._fields.part}"] if self._part else []
        return [*part, *(f"{_local(name)} = {self._place(name)}" for name in compounds)]

    def _place(self, name: str) -> str:
        """Where an aggregate has a field."""
        is_inner = self._part is not None and name in {one.name for one in members_of(self._part)}
        return f"part.{name}" if is_inner else f"one.{name}"

    def _value(self, column: str) -> str:
        """The value of a column, of an aggregate."""
        name = self._sources[column]
        if not name:
            return f"{self._known(self._fields.computed[column])}(one)"
        spec = self._specs[name]
        if isinstance(spec, Converted):
            value = self._converted(spec.dump, self._place(name))
            return value if spec.absent is None else f"({spec.absent!r} if {self._place(name)} is None else {value})"
        source = {**spec.columns, **spec.computed}[column]
        value = f"{_local(name)}.{source}" if isinstance(source, str) else f"{self._known(source)}({_local(name)})"
        return f"(None if {_local(name)} is None else {value})" if spec.is_optional else value

    def _represent(self) -> list[str]:
        columns = dict.fromkeys(column for member in self._view.__struct_fields__ for column in self._columns_of(member))
        reused = [column for shown in self._fields.shown.values() if shown.is_optional for column in shown.columns[:1]]
        values = {column: _local(f"{column}_") if column in reused else self._value(column) for column in columns}
        kept = [f"{values[column]} = {self._value(column)}" for column in dict.fromkeys(reused)]
        return [*self._locals(columns), *kept, f"return {self._viewed(values)}"]

    def _changes(self) -> list[str]:
        values = {name: _local(name) for name in self._columns}
        compared = [
            f"if (old := {self._member(name, values)}) != (new := view.{name}): changes[{name!r}] = [old, new]"
            for name in self._view.__struct_fields__
            if name not in UNLOGGED
        ]
        return [_unpacked(self._columns), "changes = {}", *compared, "return changes"]

    def _show(self) -> list[str]:
        values = {name: _local(name) for name in (*self._view_columns, *self._fields.given)}
        return [_unpacked(self._view_columns), f"return {self._viewed(values)}"]

    def _viewed(self, values: dict[str, str]) -> str:
        return f"{self._known(self._view)}({', '.join(self._member(name, values) for name in self._view.__struct_fields__)})"

    def _member(self, name: str, values: dict[str, str]) -> str:
        if shown := self._fields.shown.get(name):
            given = [values[column] for column in shown.columns]
            if callable(shown.show):
                return _called(self._known(shown.show), given, is_optional=shown.is_optional)
            return "f" + repr(shown.show.format(*(f"{{{value}}}" for value in given)))
        spec = self._specs.get(self._sources[name])
        show = spec.show if isinstance(spec, Converted) else None
        return self._converted(show, values[name])

    def _converted(self, conversion: Conversion | None, value: str) -> str:
        if conversion is None:
            return value
        return f"{self._known(conversion)}({value})" if callable(conversion) else f"{self._known(conversion)}[{value}]"

    def _known(self, thing: Any) -> str:
        """The name under which the code knows a function or a class."""
        name = f"_{len(self._globals)}_{getattr(thing, '__name__', 'made').strip('<>')}"
        for known, other in self._globals.items():
            if other is thing:
                return known
        self._globals[name] = thing
        return name

    def _function(self, name: str, parameters: tuple[str, ...], lines: list[str]) -> Any:
        source = f"def {name}({', '.join(parameters)}):\n" + "".join(f"    {line}\n" for line in lines)
        place = f"<{name} of {self._table.name}>"
        linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)  # Tracebacks show it.
        made: dict[str, Any] = {}
        exec(compile(source, place, "exec"), self._globals, made)  # noqa: S102  # Nothing in it comes from outside the program.
        return made[name]


def _local(name: str) -> str:
    return f"c_{name}"


def _tuple(values: Iterable[str]) -> str:
    return f"({', '.join(values)},)"


def _unpacked(columns: Sequence[str]) -> str:
    return f"{_tuple(map(_local, columns))} = row[:{len(columns)}]"


def _called(function: str, arguments: Iterable[str], *, is_optional: bool) -> str:
    given = [*arguments]
    call = f"{function}({', '.join(given)})"
    return f"None if {given[0]} is None else {call}" if is_optional else call


def _never(*_: Any) -> Any:
    raise NotImplementedError("this representation does not follow from the columns")
