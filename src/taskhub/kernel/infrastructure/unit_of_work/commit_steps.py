"""A whole commit as a statement for each of its parts, in one transaction, as a distributed PostgreSQL (Citus) executes it.

Citus sends a statement to the node of its workspace, unless it is a chain that inserts: of that each part would be a round trip
between the nodes with its result stored in between. A part that falls short ends the commit: whoever has begun the transaction
rolls it back.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, Update, bindparam, select
from sqlalchemy.dialects.postgresql import Insert, insert

from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.infrastructure.event_log.log_sequence import take_numbers
from taskhub.kernel.infrastructure.event_log.tables import StreamRow
from taskhub.kernel.infrastructure.postgres.connection import Parameters, Record
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.commit_parts import CommitParts, Query
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import CommitShape
from taskhub.kernel.infrastructure.unit_of_work.mapping import InsertStep
from taskhub.kernel.infrastructure.unit_of_work.parameters import Rows, parameter

_STREAMS = table_of(StreamRow)
_LAST_SEQ = "counter__last_seq"
_COUNT = "events__count"

Fetch = Callable[[Statement, Parameters], Awaitable[list[Record]]]


class Step(NamedTuple):
    """One part.

    Attributes:
        wanted: the parameter that says how many rows it has to touch; None: one, or as many as it finds where it is ``aside``.
        tells: parameters of later steps that are columns of its row.
    """

    statement: Statement
    wanted: str | None
    tells: tuple[str, ...] = ()
    aside: bool = False


class CommitSteps(NamedTuple):
    """``fields``: members of the representation, by name, with the parameter that a step has told."""

    steps: tuple[Step, ...]
    fields: tuple[tuple[str, str], ...]


@lru_cache(maxsize=512)
def steps_for(shape: CommitShape) -> CommitSteps:
    """Compiled once, they serve all commits of a shape."""
    return _CommitSteps(shape).finished()


async def take_steps(shape: CommitShape, parameters: Parameters, fetch: Fetch) -> dict[str, Any]:
    """Executes a commit, in the transaction that is open. Returns what only it could tell, as the verdict of the statement does.

    Raises:
        ConcurrencyConflict: a step fell short.
    """
    commit, known = steps_for(shape), dict(parameters)
    for step in commit.steps:
        rows = await fetch(step.statement, known)
        if not step.aside and len(rows) != (1 if step.wanted is None else known[step.wanted]):
            raise ConcurrencyConflict
        known.update((name, rows[0][name]) for name in step.tells)
    told = {name: known[of_step] for name, of_step in commit.fields}
    if shape.events:
        told["first_seq"] = known[_LAST_SEQ] - parameters[_COUNT] + 1
    return told


class _CommitSteps(CommitParts):
    def __init__(self, shape: CommitShape) -> None:
        super().__init__(shape)
        self._steps: list[Step] = []
        self._fields: list[tuple[str, str]] = []

    def finished(self) -> CommitSteps:
        self.make()
        return CommitSteps(tuple(self._steps), tuple(self._fields))

    def gated(self, *conditions: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        return list(conditions)

    def insertion(self, table: Table, names: Sequence[str], values: Sequence[ColumnElement[Any]], rows: Rows) -> Insert:
        if rows.source is None:
            return insert(table).values(dict(zip(names, values, strict=True)))
        source = select(*values).select_from(rows.source).order_by(rows.values["place"])
        return insert(table).from_select(list(names), source)

    def add(self, name: str, part: str, query: Query, *, many: bool = False) -> None:
        self._steps.append(Step(self._statement(name, query), parameter(part, "count") if many else None))

    def add_aside(self, name: str, query: Callable[[], Query]) -> None:
        self._steps.append(Step(self._statement(name, query()), None, aside=True))

    def add_parent(self, step: InsertStep, query: Update) -> None:
        row = step.parent.table
        columns = {f"parent__column_{name}": value for name, value in step.columns(row).items()}
        fields = {f"parent__field_{name}": value for name, value in step.fields(row).items()}
        told = columns | fields
        statement = self._statement("parent", query.returning(*(value.label(name) for name, value in told.items())))
        self._steps.append(Step(statement, None, tuple(told)))
        self.late_columns = {
            name: bindparam(of_step, type_=value.type)
            for (of_step, value), name in zip(columns.items(), step.columns(row), strict=True)
        }
        self.late_fields = {
            name: bindparam(of_step, type_=value.type)
            for (of_step, value), name in zip(fields.items(), step.fields(row), strict=True)
        }
        self._fields = list(zip(step.fields(row), fields, strict=True))

    def add_counter(
        self, stream_id: ColumnElement[Any], count: ColumnElement[int], moved_at: ColumnElement[Any]
    ) -> ColumnElement[int]:
        wanted = insert(_STREAMS).values(stream_id=stream_id, last_seq=count, moved_at=moved_at)
        query = take_numbers(wanted, _STREAMS.c.last_seq.label(_LAST_SEQ))
        self._steps.append(Step(self._statement("counter", query), None, (_LAST_SEQ,)))
        return bindparam(_LAST_SEQ, type_=_STREAMS.c.last_seq.type)

    def tell_seq(self, first_seq: ColumnElement[int]) -> None:
        """It is computed from the last one."""

    def _statement(self, part: str, query: Query) -> Statement:
        return Statement(query, name=f"{self.shape.name}: {part}")
