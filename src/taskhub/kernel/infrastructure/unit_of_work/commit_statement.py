"""A whole commit as one statement, as plain PostgreSQL executes it.

The parts of a commit are a chain of CTEs, each gated on the one before, so that nothing of it happens unless all before it did.
One row, the verdict, tells whether it came to its end. Locks are taken in the order of the chain.

A chain that writes one row, or only new ones, is atomic by itself and runs in autocommit. Otherwise a part may fall short after
another was written: such a chain runs in a transaction, and whoever reads the verdict rolls back.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, Update, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.expression import CTE

from taskhub.kernel.infrastructure.event_log.log_sequence import NUMBERED, take_numbers
from taskhub.kernel.infrastructure.event_log.tables import StreamRow
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.commit_parts import ONE, CommitParts, Query, count_of
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import CommitShape
from taskhub.kernel.infrastructure.unit_of_work.mapping import InsertStep
from taskhub.kernel.infrastructure.unit_of_work.parameters import Rows

_STREAMS = table_of(StreamRow)


@lru_cache(maxsize=512)
def statement_for(shape: CommitShape) -> Statement:
    """One compiled statement serves all commits of a shape."""
    return _CommitStatement(shape).statement()


@dataclass(frozen=True)
class _Gate:
    """The part that went before. ``wanted``: how many rows it should have touched, if not one."""

    cte: CTE
    wanted: ColumnElement[int] | None

    def is_open(self) -> ColumnElement[bool]:
        if self.wanted is None:
            return select(ONE).select_from(self.cte).correlate(None).exists()
        return select(func.count()).select_from(self.cte).correlate(None).scalar_subquery() == self.wanted


class _CommitStatement(CommitParts):
    def __init__(self, shape: CommitShape) -> None:
        super().__init__(shape)
        self._gate: _Gate | None = None
        self._told: list[ColumnElement[Any]] = []
        """What only the statement knows."""
        self._aside: list[CTE] = []
        self._waiting: list[tuple[str, Callable[[], Query]]] = []
        """What happens aside of the next part."""

    def statement(self) -> Statement:
        self.make()
        assert self._gate is not None
        verdict = select(self._gate.is_open().label("done"), *self._told).add_cte(*self._aside)
        return Statement(verdict, name=self.shape.name)

    def gated(self, *conditions: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        return [*conditions, self._gate.is_open()] if self._gate is not None else list(conditions)

    def insertion(self, table: Table, names: Sequence[str], values: Sequence[ColumnElement[Any]], rows: Rows) -> Insert:
        source = self._source(*values)
        if rows.source is not None:
            source = source.select_from(rows.source).order_by(rows.values["place"])
        return insert(table).from_select(list(names), source)

    def _source(self, *values: ColumnElement[Any]) -> Select[Any]:
        """Values to insert, gated. A gate of one row is cheapest when it is selected from."""
        if self._gate is not None and self._gate.wanted is None:
            return select(*values).select_from(self._gate.cte)
        return select(*values).where(*self.gated())

    def add(self, name: str, part: str, query: Query, *, many: bool = False) -> None:
        self._gate = _Gate(query.cte(name), count_of(part) if many else None)
        self._aside += [query().cte(name) for name, query in self._waiting]
        self._waiting.clear()

    def add_aside(self, name: str, query: Callable[[], Query]) -> None:
        self._waiting.append((name, query))

    def add_parent(self, step: InsertStep, query: Update) -> None:
        parent = query.returning(*step.parent.table.c).cte("parent")
        self._gate = _Gate(parent, None)
        self.late_columns, self.late_fields = step.columns(parent), step.fields(parent)
        for name, value in self.late_fields.items():
            self._told.append(select(value).select_from(parent).correlate(None).scalar_subquery().label(name))

    def add_counter(
        self, stream_id: ColumnElement[Any], count: ColumnElement[int], moved_at: ColumnElement[Any]
    ) -> ColumnElement[int]:
        wanted = insert(_STREAMS).from_select(NUMBERED, self._source(stream_id, count, moved_at))
        self._counter = take_numbers(wanted).cte("counter")
        self._gate = _Gate(self._counter, None)
        return self._counter.c.last_seq

    def tell_seq(self, first_seq: ColumnElement[int]) -> None:
        told = select(first_seq).select_from(self._counter).correlate(None).scalar_subquery()
        self._told.append(told.label("first_seq"))
