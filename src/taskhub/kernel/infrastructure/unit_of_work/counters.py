"""Counters of parents that a batch counts in by itself, while it holds the parents' rows alone."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, bindparam, func, select, update

from taskhub.kernel.infrastructure.postgres.connection import Connection, Parameters
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import CountingStep, InsertStep

Key = tuple[Any, ...]


class Counters:
    """Those of all parents that are locked are read at once, and written at once."""

    def __init__(self) -> None:
        self._steps: dict[str, Any] = {}
        self._values: dict[tuple[str, Key], dict[str, int]] = {}
        self._unwritten: set[tuple[str, Key]] = set()

    @property
    def tables(self) -> set[str]:
        """Those whose rows have counted further than is written."""
        return {name for name, _ in self._unwritten}

    async def count(self, step: Any, child: Any, locked: Iterable[Key], connection: Connection) -> None:
        """Gives a new child what its parent counts. ``step``: a `CountingStep`. ``locked``: the keys of parents that are."""
        place = (step.parent.name, step.parent_key(child))
        if place not in self._values:
            await self._read(step, {place[1], *locked}, connection)
        step.count(child, self._values[place])
        self._unwritten.add(place)

    def take(self) -> Iterator[tuple[Statement, Parameters]]:
        """What writes all that is not written."""
        unwritten, self._unwritten = self._unwritten, set()
        for name in sorted({name for name, _ in unwritten}):
            step = self._steps[name]
            keys = sorted(key for table, key in unwritten if table == name)
            values = [self._values[name, key] for key in keys]
            columns = {f"new_{counter}": [one[counter] for one in values] for counter in step.counters}
            yield _write(step), {**_keys(step, keys), **columns}

    def forget(self, tables: frozenset[str]) -> None:
        """A statement counts in rows of these tables."""
        self._values = {place: values for place, values in self._values.items() if place[0] not in tables}

    async def _read(self, step: Any, keys: set[Key], connection: Connection) -> None:
        name, columns = step.parent.name, step.parent.key
        self._steps[name] = step
        wanted = sorted(key for key in keys if (name, key) not in self._values)
        for record in await connection.fetch(_read(step), _keys(step, wanted)):
            key = tuple(record[column] for column in columns)
            self._values[name, key] = {counter: record[counter] for counter in step.counters}


def counting(step: InsertStep) -> CountingStep | None:
    return step if hasattr(step, "counters") else None  # type: ignore[return-value]  # It says so itself.


def _keys(step: Any, keys: list[Key]) -> Parameters:
    """Of one stream, as all parents of a batch are."""
    stream, id = step.parent.key
    return {f"of_{stream}": keys[0][0], f"of_{id}": [key[1] for key in keys]}


def _conditions(step: Any, ids: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    columns, (stream, id) = step.parent.table.c, step.parent.key
    return [columns[stream] == bindparam(f"of_{stream}", type_=columns[stream].type), columns[id] == ids]


@lru_cache(maxsize=16)
def _read(step: Any) -> Statement:
    columns, id = step.parent.table.c, step.parent.key[1]
    ids = func.any(bindparam(f"of_{id}", type_=ARRAY(columns[id].type)))
    counters = select(*(columns[name] for name in (*step.parent.key, *step.counters)))
    return Statement(counters.where(*_conditions(step, ids)), name=f"read counters of {step.parent.name}")


@lru_cache(maxsize=16)
def _write(step: Any) -> Statement:
    columns, id = step.parent.table.c, step.parent.key[1]
    names = {f"of_{id}": id, **{f"new_{name}": name for name in step.counters}}
    counted = (
        func.unnest(*(bindparam(name, type_=ARRAY(columns[column].type)) for name, column in names.items()))
        .table_valued(*names, name="counted")
        .render_derived()
    )
    values = {name: counted.c[f"new_{name}"] for name in step.counters}
    changed = update(step.parent.table).values(values).where(*_conditions(step, counted.c[f"of_{id}"]))
    return Statement(changed, name=f"write counters of {step.parent.name}")
