"""The parts of a commit: what is checked and written, in the order in which rows are locked, the same everywhere.

A commit is executed as one statement (`commit_statement.py`), or as one statement for each part (`commit_steps.py`). Both are
composed here, so that they check and write the same.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.sql.dml import UpdateBase

from taskhub.kernel.infrastructure.event_log.tables import EventRow, IdempotencyKeyRow
from taskhub.kernel.infrastructure.postgres.rows import table_of
from taskhub.kernel.infrastructure.unit_of_work.commit_shape import EVENT_COLUMNS, RELEASE, ClaimedRows, CommitShape, Write
from taskhub.kernel.infrastructure.unit_of_work.identity_map import DELETE, INSERT, UPDATE
from taskhub.kernel.infrastructure.unit_of_work.mapping import Guard, InsertStep, Mapping, ReplacedValues
from taskhub.kernel.infrastructure.unit_of_work.parameters import Rows, parameter

ONE = literal_column("1", Integer())
Query = Select[Any] | UpdateBase

_EVENTS, _KEYS = table_of(EventRow), table_of(IdempotencyKeyRow)


def count_of(part: str) -> ColumnElement[int]:
    return bindparam(parameter(part, "count"), type_=func.count().type)


class CommitParts(ABC):
    """Makes the parts, one after the other. What comes after a part happens only if it touched all the rows that it should."""

    def __init__(self, shape: CommitShape) -> None:
        self.shape = shape
        self.late_columns: dict[str, ColumnElement[Any]] = {}
        """Columns of the row behind the insert step that only the database can tell."""
        self.late_fields: dict[str, ColumnElement[Any]] = {}
        """Members of its representation that follow from them."""

    @abstractmethod
    def gated(self, *conditions: ColumnElement[bool]) -> list[ColumnElement[bool]]:
        """The conditions of a part, and that the one before it went through."""

    @abstractmethod
    def insertion(self, table: Table, names: Sequence[str], values: Sequence[ColumnElement[Any]], rows: Rows) -> Insert:
        """Inserts rows, in their order, if the part before went through."""

    @abstractmethod
    def add(self, name: str, part: str, query: Query, *, many: bool = False) -> None:
        """Adds a query that gives a row for each that it touched. ``part``: that whose parameters it has."""

    @abstractmethod
    def add_aside(self, name: str, query: Callable[[], Query]) -> None:
        """Adds a query that touches as many rows as it finds: no part waits for it. It sees rows as they are before the part that
        is added next, and happens only if that goes through.
        """

    @abstractmethod
    def add_parent(self, step: InsertStep, query: Update) -> None:
        """Adds the step in front of an insert, and learns what follows from it."""

    @abstractmethod
    def add_counter(
        self, stream_id: ColumnElement[Any], count: ColumnElement[int], moved_at: ColumnElement[Any]
    ) -> ColumnElement[int]:
        """Adds the part that takes numbers from the counter of the log. Returns the last of them."""

    @abstractmethod
    def tell_seq(self, first_seq: ColumnElement[int]) -> None:
        """The number of the first event is to be told."""

    def make(self) -> None:
        for index, (guard, many) in enumerate(self.shape.guards):
            self._guard(f"guard_{index}", guard, many=many)
        if self.shape.step:
            self._insert_step(self.shape.step)
        for write in self.shape.writes:
            self._write(write)
        for rows in self.shape.claimed:
            self._claim(rows)
        self._increments()
        if self.shape.keyed:
            self._idempotency_key()
        if self.shape.events:
            self._events()

    def _guard(self, part: str, guard: Guard, *, many: bool) -> None:
        columns = guard.table.c
        conditions = self.gated(*_matches(part, guard, many=many), *guard.where)
        query = select(ONE).where(*conditions).select_from(guard.table).order_by(*(columns[name] for name in guard.match))
        locked = query.with_for_update(read=not guard.is_exclusive, key_share=guard.is_weak, of=guard.table)
        self.add(part, part, locked, many=many)

    def _increments(self) -> None:
        """These can't fall short: their guards have locked the rows."""
        for index, (guard, many) in enumerate(self.shape.guards):
            if guard.increments is not None:
                part, column = f"guard_{index}", guard.table.c[guard.increments]
                counted = update(guard.table).values({column: column + 1})
                query = counted.where(*self.gated(*_matches(part, guard, many=many))).returning(ONE)
                self.add(f"increment_{part}", part, query, many=many)

    def _insert_step(self, step: InsertStep) -> None:
        table, match = step.parent.table, step.parent.guard.match
        rows = Rows("parent", [(name, table.c[name].type) for name in match], many=False)
        self.add_parent(step, step.update().where(*self.gated(*(table.c[name] == rows.values[name] for name in match))))

    def _write(self, write: Write) -> None:
        part = f"{write.kind}_{write.mapping.name}"
        if write.kind == UPDATE and write.mapping.is_guarded:
            self._lock(part, write)
        query = {INSERT: self._insert, UPDATE: self._update, DELETE: self._delete}[write.kind](part, write)
        self.add(part, part, query, many=write.many)

    def _insert(self, part: str, write: Write) -> Query:
        mapping = write.mapping
        columns = [(c.name, c.type) for c in mapping.columns if c.name not in self.late_columns]
        rows = Rows(part, columns, many=write.many, stream=mapping.key[0])
        known = rows.values | self.late_columns
        values = [known[c.name] for c in mapping.columns]
        return self.insertion(mapping.table, [c.name for c in mapping.columns], values, rows).returning(ONE)

    def _update(self, part: str, write: Write) -> Query:
        mapping, table = write.mapping, write.mapping.table
        rows = _rows(part, write, write.columns)
        if mapping.replaced is not None and mapping.replaced.column in write.columns:
            self._keep(part, mapping, mapping.replaced, rows)
        values = {
            table.c[name]: _updated(mapping, table.c[name], rows.values[name])
            for name in write.columns
            if name not in mapping.key
        }
        return update(table).values(values).where(*self.gated(*_this(mapping, rows))).returning(ONE)

    def _keep(self, part: str, mapping: Mapping[Any], replaced: ReplacedValues, rows: Rows) -> None:
        """Keeps the values that an update is about to replace, of the rows that it finds."""
        columns = mapping.table.c
        values = [*(columns[name] for name in mapping.key), rows.values["version"], columns[replaced.column]]

        def keep() -> Query:
            kept = select(*values).where(*self.gated(*_this(mapping, rows), rows.values[replaced.column].is_not(None)))
            return insert(replaced.table).from_select(replaced.columns, kept).returning(ONE)

        self.add_aside(f"replaced_{part}", keep)

    def _lock(self, part: str, write: Write) -> None:
        """Locks rows against those who rely on them as they were: an update alone would not conflict with a guard's lock."""
        mapping, table = write.mapping, write.mapping.table
        conditions = self.gated(*_this(mapping, _rows(part, write, mapping.key)))
        query = select(ONE).where(*conditions).select_from(table).order_by(*(table.c[name] for name in mapping.key))
        self.add(f"lock_{part}", part, query.with_for_update(of=table), many=write.many)

    def _delete(self, part: str, write: Write) -> Query:
        conditions = self.gated(*_this(write.mapping, _rows(part, write, write.mapping.key)))
        return delete(write.mapping.table).where(*conditions).returning(ONE)

    def _claim(self, claimed: ClaimedRows) -> None:
        table, part, names = claimed.claims.table, claimed.part, claimed.claims.columns
        rows = Rows(part, [(name, table.c[name].type) for name in names], many=claimed.many, stream=names[0])
        query: Query
        if claimed.kind == RELEASE:
            query = delete(table).where(*self.gated(*(table.c[name] == rows.values[name] for name in names))).returning(ONE)
        else:
            query = self.insertion(table, names, [rows.values[name] for name in names], rows).returning(ONE)
        self.add(part, part, query, many=claimed.many)

    def _idempotency_key(self) -> None:
        rows = Rows("key", [(c.name, c.type) for c in _KEYS.c], many=False)
        self.add("key", "key", self.insertion(_KEYS, [*rows.values], [*rows.values.values()], rows).returning(ONE))

    def _events(self) -> None:
        many = self.shape.events > 1
        count, moved_at = count_of("events") if many else ONE, bindparam("events__moved_at", type_=_EVENTS.c.occurred_at.type)
        stream_id = bindparam("events__stream_id", type_=_EVENTS.c.stream_id.type)
        last_seq = self.add_counter(stream_id, count, moved_at)
        first_seq = last_seq - count + 1 if many else last_seq
        self.tell_seq(first_seq)
        rows = Rows("event", [(name, _EVENTS.c[name].type) for name in EVENT_COLUMNS], many=many)
        own = {"stream_id": stream_id, **{name: rows.values[name] for name in EVENT_COLUMNS}}
        if self.late_fields:
            changes: dict[str, ColumnElement[Any]] = {
                name: func.jsonb_build_array(None, value) for name, value in self.late_fields.items()
            }
            own["changes"] = own["changes"].concat(_object(changes))
            own["snapshot"] = own["snapshot"].concat(_object(self.late_fields))
        for name in ("actor_id", "request_id"):
            own[name] = bindparam(parameter("events", name), type_=_EVENTS.c[name].type)
        own["seq"] = first_seq + rows.values["place"] - 1 if many else first_seq
        if self.shape.continues:
            own["commit_seq"] = bindparam(parameter("events", "commit_seq"), type_=_EVENTS.c.commit_seq.type)
        elif many:
            own["commit_seq"] = case((rows.values["place"] > 1, first_seq))
        self.add("event", "event", self.insertion(_EVENTS, [*own], [*own.values()], rows).returning(ONE), many=many)


def _matches(part: str, guard: Guard, *, many: bool) -> list[ColumnElement[bool]]:
    columns = guard.table.c
    rows = Rows(part, [(name, columns[name].type) for name in guard.match], many=many, stream=guard.match[0])
    return [columns[name] == rows.values[name] for name in guard.match]


def _rows(part: str, write: Write, names: Sequence[str]) -> Rows:
    columns = write.mapping.table.c
    typed = [*((name, columns[name].type) for name in names), ("loaded_version", columns.version.type)]
    return Rows(part, typed, many=write.many, stream=write.mapping.key[0])


def _this(mapping: Mapping[Any], rows: Rows) -> list[ColumnElement[bool]]:
    columns = mapping.table.c
    return [*(columns[name] == rows.values[name] for name in mapping.key), columns.version == rows.values["loaded_version"]]


def _updated(mapping: Mapping[Any], column: Column[Any], value: ColumnElement[Any]) -> ColumnElement[Any]:
    expression = mapping.update_expressions.get(column.name)
    return value if expression is None else expression(value, column)


def _object(fields: dict[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """A JSONB object of SQL expressions."""
    arguments: list[ColumnElement[Any]] = []
    for name, value in fields.items():
        arguments += [literal_column(f"'{name}'", Text()), value]
    return cast(func.jsonb_build_object(*arguments), JSONB)
