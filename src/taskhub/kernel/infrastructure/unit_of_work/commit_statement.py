"""A whole commit as one statement.

Guards, rows, claimed values, idempotency key, counter and events are a chain of CTEs, each gated on the one before, so that
nothing of it happens unless all before it did. One row, the verdict, tells whether it came to its end. Locks are taken in the
order of the chain, the same everywhere.

A chain that writes one row, or only new ones, is atomic by itself and runs in autocommit. Otherwise a part may fall short after
another was written: such a chain runs in a transaction, and whoever reads the verdict rolls back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.sql.expression import CTE

from taskhub.kernel.infrastructure.event_log.log_sequence import take_numbers
from taskhub.kernel.infrastructure.event_log.tables import EventRow, IdempotencyKeyRow, StreamRow
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.kernel.infrastructure.unit_of_work.identity_map import DELETE, INSERT, UPDATE
from taskhub.kernel.infrastructure.unit_of_work.mapping import Claims, Guard, InsertStep, Mapping
from taskhub.kernel.infrastructure.unit_of_work.parameters import Rows, parameter

_ONE = literal_column("1", Integer())

_EVENTS, _STREAMS, _KEYS = table_of(EventRow), table_of(StreamRow), table_of(IdempotencyKeyRow)
EVENT_COLUMNS = (
    "id",
    "type",
    "schema",
    "entity_type",
    "entity_id",
    "entity_version",
    "occurred_at",
    "changes",
    "snapshot",
)


class Write(NamedTuple):
    """``columns``: those of the key first, then what is to be set."""

    kind: str
    mapping: Mapping[Any]
    columns: tuple[str, ...]
    many: bool


RELEASE, CLAIM = "release", "claim"


class ClaimedRows(NamedTuple):
    """Values that are released, or claimed."""

    kind: str
    claims: Claims
    many: bool

    @property
    def part(self) -> str:
        return f"{self.kind}_{self.claims.table.name}"


class CommitShape(NamedTuple):
    """What a commit consists of, without its values: one compiled statement serves all commits of a shape."""

    guards: tuple[tuple[Guard, bool], ...]
    writes: tuple[Write, ...]
    claimed: tuple[ClaimedRows, ...]
    step: InsertStep | None
    keyed: bool
    events: int
    """0, 1, or 2 for "several"."""
    tells_seq: bool
    """Whether the verdict holds the `seq` of the first event: others of the same command name it."""
    continues: bool = False
    """Whether the command has appended events before, whose first one is given."""


@lru_cache(maxsize=512)
def statement_for(shape: CommitShape) -> Statement:
    return _CommitStatementBuilder(shape).statement()


def _count(part: str) -> ColumnElement[int]:
    return bindparam(parameter(part, "count"), type_=func.count().type)


@dataclass(frozen=True)
class _Gate:
    """The part that went before. ``wanted``: how many rows it should have touched, if not one."""

    cte: CTE
    wanted: ColumnElement[int] | None

    def is_open(self) -> ColumnElement[bool]:
        if self.wanted is None:
            return select(_ONE).select_from(self.cte).correlate(None).exists()
        return select(func.count()).select_from(self.cte).correlate(None).scalar_subquery() == self.wanted


class _CommitStatementBuilder:
    def __init__(self, shape: CommitShape) -> None:
        self.shape = shape
        self.gate: _Gate | None = None
        self.parent: CTE | None = None
        """The row that the step in front of an insert has updated."""
        self.late_columns: dict[str, ColumnElement[Any]] = {}
        self.late_fields: dict[str, ColumnElement[Any]] = {}
        self.seq: list[ColumnElement[Any]] = []

    def statement(self) -> Statement:
        for index, (guard, many) in enumerate(self.shape.guards):
            self._guard(f"guard_{index}", guard, many=many)
        if self.shape.step:
            self._insert_step(self.shape.step)
        for write in self.shape.writes:
            self._write(write)
        for rows in self.shape.claimed:
            self._claim(rows)
        if self.shape.keyed:
            self._idempotency_key()
        if self.shape.events:
            self._events(self._counter())
        return Statement(self._verdict())

    def _verdict(self) -> Select[Any]:
        """One row: whether the last part went through, and so all before it; and what only the statement knew."""
        assert self.gate is not None
        late = (
            select(value).select_from(self.parent).correlate(None).scalar_subquery().label(name)
            for name, value in self.late_fields.items()
            if self.parent is not None
        )
        return select(self.gate.is_open().label("done"), *late, *self.seq)

    def _step(self, part: str, cte: CTE, *, many: bool = False) -> None:
        """Adds a part: what comes after it happens only if it touched all the rows that it should."""
        self.gate = _Gate(cte, _count(part) if many else None)

    def _gated(self, *conditions: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        return [*conditions, self.gate.is_open()] if self.gate is not None else list(conditions)

    def _source(self, *values: ColumnElement[Any]) -> Select[Any]:
        """Values to insert, gated. A gate of one row is cheapest when it is selected from."""
        if self.gate is not None and self.gate.wanted is None:
            return select(*values).select_from(self.gate.cte)
        return select(*values).where(*self._gated())

    def _guard(self, part: str, guard: Guard, *, many: bool) -> None:
        rows = Rows(part, [(name, guard.table.c[name].type) for name in guard.match], many=many, stream=guard.match[0])
        query = select(_ONE).where(
            *self._gated(*(guard.table.c[name] == rows.values[name] for name in guard.match), *guard.where)
        )
        query = query.select_from(guard.table).order_by(*(guard.table.c[name] for name in guard.match))
        locked = query.with_for_update(read=not guard.is_exclusive, key_share=guard.is_weak, of=guard.table)
        self._step(part, locked.cte(part), many=many)

    def _insert_step(self, step: InsertStep) -> None:
        table, part = step.parent.table, "parent"
        match = step.parent.guard.match
        rows = Rows(part, [(name, table.c[name].type) for name in match], many=False)
        conditions = self._gated(*(table.c[name] == rows.values[name] for name in match))
        self.parent = step.update().where(*conditions).returning(*table.c).cte(part)
        self._step(part, self.parent)
        self.late_columns = step.columns(self.parent)
        self.late_fields = step.fields(self.parent)

    def _write(self, write: Write) -> None:
        part = f"{write.kind}_{write.mapping.name}"
        if write.kind == UPDATE and write.mapping.is_guarded:
            self._lock(part, write)
        make: dict[str, Callable[[str, Write], CTE]] = {INSERT: self._insert, UPDATE: self._update, DELETE: self._delete}
        self._step(part, make[write.kind](part, write), many=write.many)

    def _insert(self, part: str, write: Write) -> CTE:
        table = write.mapping.table
        columns = [(c.name, c.type) for c in write.mapping.columns if c.name not in self.late_columns]
        rows = Rows(part, columns, many=write.many, stream=write.mapping.key[0])
        values = [
            self.late_columns[c.name] if c.name in self.late_columns else rows.values[c.name] for c in write.mapping.columns
        ]
        source = self._source(*values)
        if rows.source is not None:
            source = source.select_from(rows.source)
        return insert(table).from_select(write.mapping.columns, source).returning(_ONE).cte(part)

    def _update(self, part: str, write: Write) -> CTE:
        mapping, table = write.mapping, write.mapping.table
        columns = [table.c[name] for name in write.columns]
        names = [*((c.name, c.type) for c in columns), ("loaded_version", table.c.version.type)]
        rows = Rows(part, names, many=write.many, stream=mapping.key[0])
        return (
            update(table)
            .values({c: _updated(mapping, c, rows.values[c.name]) for c in columns if c.name not in mapping.key})
            .where(*self._gated(*self._this(mapping, rows)))
            .returning(_ONE)
            .cte(part)
        )

    def _lock(self, part: str, write: Write) -> None:
        """Locks rows against those who rely on them as they were: an update alone would not conflict with a guard's lock."""
        mapping, table = write.mapping, write.mapping.table
        names = [*((name, table.c[name].type) for name in mapping.key), ("loaded_version", table.c.version.type)]
        query = (
            select(_ONE)
            .where(*self._gated(*self._this(mapping, Rows(part, names, many=write.many, stream=mapping.key[0]))))
            .select_from(table)
        )
        query = query.order_by(*(table.c[name] for name in mapping.key)).with_for_update(of=table)
        self._step(part, query.cte(f"lock_{part}"), many=write.many)

    def _delete(self, part: str, write: Write) -> CTE:
        mapping, table = write.mapping, write.mapping.table
        rows = Rows(
            part,
            [*((name, table.c[name].type) for name in mapping.key), ("loaded_version", table.c.version.type)],
            many=write.many,
            stream=mapping.key[0],
        )
        query = delete(table).where(*self._gated(*self._this(mapping, rows)))
        return query.returning(_ONE).cte(part)

    def _this(self, mapping: Mapping[Any], rows: Rows) -> list[ColumnElement[bool]]:
        table = mapping.table
        return [
            *(table.c[name] == rows.values[name] for name in mapping.key),
            table.c.version == rows.values["loaded_version"],
        ]

    def _claim(self, claimed: ClaimedRows) -> None:
        table, part = claimed.claims.table, claimed.part
        names = claimed.claims.columns
        rows = Rows(part, [(name, table.c[name].type) for name in names], many=claimed.many, stream=names[0])
        if claimed.kind == RELEASE:
            query = delete(table).where(*self._gated(*(table.c[name] == rows.values[name] for name in names)))
            self._step(part, query.returning(_ONE).cte(part), many=claimed.many)
            return
        source = self._source(*(rows.values[name] for name in names))
        if rows.source is not None:
            source = source.select_from(rows.source).order_by(rows.values["place"])
        cte = insert(table).from_select(names, source).returning(_ONE).cte(part)
        self._step(part, cte, many=claimed.many)

    def _idempotency_key(self) -> None:
        names = [c.name for c in _KEYS.c]
        rows = Rows("key", [(c.name, c.type) for c in _KEYS.c], many=False)
        source = self._source(*(rows.values[name] for name in names))
        self._step("key", insert(_KEYS).from_select(names, source).returning(_ONE).cte("key"))

    def _counter(self) -> CTE:
        count = _count("events") if self.shape.events > 1 else _ONE
        moved_at = bindparam("events__moved_at", type_=_STREAMS.c.moved_at.type)
        cte = take_numbers(self._source(bindparam("events__stream_id", type_=_STREAMS.c.stream_id.type), count, moved_at))
        self._step("counter", cte)
        return cte

    def _events(self, counter: CTE) -> None:
        many = self.shape.events > 1
        rows = Rows("event", [(name, _EVENTS.c[name].type) for name in EVENT_COLUMNS], many=many)
        values = dict(rows.values)
        if self.late_fields:
            values["changes"] = values["changes"].concat(
                _object({name: func.jsonb_build_array(None, value) for name, value in self.late_fields.items()})
            )
            values["snapshot"] = values["snapshot"].concat(_object(self.late_fields))
        first_seq = counter.c.last_seq - _count("events") + 1 if many else counter.c.last_seq
        if self.shape.tells_seq:
            self.seq = [select(first_seq).select_from(counter).correlate(None).scalar_subquery().label("first_seq")]
        shared = {name: bindparam(parameter("events", name), type_=_EVENTS.c[name].type) for name in ("actor_id", "request_id")}
        own: dict[str, ColumnElement[Any]] = {name: values[name] for name in EVENT_COLUMNS} | shared
        own["seq"] = first_seq + values["place"] - 1 if many else first_seq
        if self.shape.continues:
            own["commit_seq"] = bindparam(parameter("events", "commit_seq"), type_=_EVENTS.c.commit_seq.type)
        elif many:
            own["commit_seq"] = case((values["place"] > 1, first_seq))
        source = select(counter.c.stream_id, *own.values()).select_from(counter)
        if self.parent is not None:
            source = source.select_from(self.parent)
        if rows.source is not None:
            source = source.select_from(rows.source)
        cte = insert(_EVENTS).from_select(["stream_id", *own], source).returning(_ONE).cte("event")
        self._step("events", cte, many=many)


def _updated(mapping: Mapping[Any], column: Column[Any], value: ColumnElement[Any]) -> ColumnElement[Any]:
    expression = mapping.update_expressions.get(column.name)
    return value if expression is None else expression(value, column)


def _object(fields: dict[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """A JSONB object of SQL expressions."""
    arguments: list[ColumnElement[Any]] = []
    for name, value in fields.items():
        arguments += [literal_column(f"'{name}'", Text()), value]
    return cast(func.jsonb_build_object(*arguments), JSONB)
