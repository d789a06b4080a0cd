"""Counters of parents that a batch counts in by itself, while it holds the parents' rows alone."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select, update

from taskhub.kernel.infrastructure.postgres.database import Connection, Parameters
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.mapping import CountingStep, InsertStep

Key = tuple[Any, ...]


class Counters:
    """``tables``: those whose rows have counted further than is written."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, Key], tuple[Any, dict[str, int]]] = {}
        self._unwritten: set[tuple[str, Key]] = set()

    @property
    def tables(self) -> set[str]:
        return {name for name, _ in self._unwritten}

    async def count(self, step: Any, child: Any, connection: Connection) -> None:
        """``step``: a `CountingStep`. Gives a new child what its parent counts. The parent's row is locked."""
        place = (step.parent.name, step.parent_key(child))
        if place not in self._values:
            record = await connection.fetch_row(_read(step), _key_parameters(step, place[1]))
            assert record is not None, "the parent of a new child was loaded"
            self._values[place] = step, dict(record)
        step.count(child, self._values[place][1])
        self._unwritten.add(place)

    def take(self) -> Iterator[tuple[Statement, Parameters]]:
        """What writes all that is not written."""
        places, self._unwritten = sorted(self._unwritten), set()
        for place in places:
            step, values = self._values[place]
            yield _write(step), {**_key_parameters(step, place[1]), **{f"new_{name}": value for name, value in values.items()}}

    def forget(self, tables: frozenset[str]) -> None:
        """A statement counts in rows of these tables."""
        self._values = {place: value for place, value in self._values.items() if place[0] not in tables}


def counting(step: InsertStep) -> CountingStep | None:
    return step if hasattr(step, "counters") else None  # type: ignore[return-value]  # It says so itself.


def _key_parameters(step: Any, key: Key) -> Parameters:
    return {f"of_{name}": value for name, value in zip(step.parent.key, key, strict=True)}


@lru_cache(maxsize=16)
def _read(step: Any) -> Statement:
    columns = step.parent.table.c
    return Statement(select(*(columns[name] for name in step.counters)).where(*_is_parent(step)))


@lru_cache(maxsize=16)
def _write(step: Any) -> Statement:
    columns = step.parent.table.c
    values = {name: bindparam(f"new_{name}", type_=columns[name].type) for name in step.counters}
    return Statement(update(step.parent.table).values(values).where(*_is_parent(step)))


def _is_parent(step: Any) -> list[Any]:
    columns = step.parent.table.c
    return [columns[name] == bindparam(f"of_{name}", type_=columns[name].type) for name in step.parent.key]
