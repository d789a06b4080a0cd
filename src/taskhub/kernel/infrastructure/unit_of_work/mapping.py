"""How one kind of aggregate becomes a row of a table and back."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, Protocol, Self, TypeVar

import msgspec
from sqlalchemy import Column, ColumnElement, Table, Update
from sqlalchemy.sql.expression import FromClause

from taskhub.kernel.application.unit_of_work import ConcurrencyConflict
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import IdTaken
from taskhub.kernel.infrastructure.postgres.rows import Row, table_of
from taskhub.kernel.infrastructure.unit_of_work.compiled import compiled
from taskhub.kernel.infrastructure.unit_of_work.differences import changes_between
from taskhub.kernel.infrastructure.unit_of_work.fields import Fields

A = TypeVar("A", bound=Aggregate)
UpdateExpression = Callable[[ColumnElement[Any], Column[Any]], ColumnElement[Any]]


@dataclass(frozen=True, eq=False)
class Guard:
    """Rows that a command relied upon without changing them: share-locked, and there as they were read, or nothing happens.

    Attributes:
        is_weak: the lock stops only changes that lock the row first (`Mapping.is_guarded`), and no others of the row.
        is_exclusive: one commit at a time has the lock. Whoever waits for it gets it in their turn, while those who share one may
            keep others waiting for ever.
        increments: a column that the commit counts one further, after all that it writes: of those that have read the same
            value, one goes through. Such a guard is exclusive.
    """

    table: Table
    match: tuple[str, ...]
    where: tuple[ColumnElement[bool], ...] = ()
    is_weak: bool = True
    is_exclusive: bool = False
    increments: str | None = None


@dataclass(frozen=True, eq=False)
class Claims:
    """Values of an aggregate that no other one of its stream may have: each is a row of a table of their own.

    A value that a commit takes off an aggregate is released before others are claimed. The rows of a removed aggregate stay, so
    that its values are never given again. A value that another one has makes the commit miss, and the command is run again:
    under locks it reads whose it is, and refuses it.

    Attributes:
        table: its primary key is the stream and the value.
        columns: those of the stream's id, the value and the aggregate's id.
        column: that of the aggregates' table which holds the values, a list.
        claimed: what stands for a value of it in the table.
    """

    table: Table
    columns: tuple[str, str, str]
    column: str
    claimed: Callable[[Any], Any]


@dataclass(frozen=True, eq=False)
class ReplacedValues:
    """Values that updates have replaced: each is kept as a row of a table of its own, for undo.

    Attributes:
        table: its primary key is that of the aggregates' table, and the version that the update made.
        columns: those of that key, the version and the value.
        column: that of the aggregates' table which holds the values. None in its place means that it stays as it is.
    """

    table: Table
    columns: tuple[str, ...]
    column: str


class InsertStep(Protocol):
    """An update of a parent's row, made in front of the insert of a new child, that values of the child come from.

    For what only the database can tell at commit: the next number that the parent hands out, for example. The parent is an
    aggregate that the command has loaded. The step matches it by its version, and so is its guard as well.
    """

    @property
    def parent(self) -> "Mapping[Any]": ...

    def is_needed(self, child: Any) -> bool: ...

    def parent_key(self, child: Any) -> tuple[Any, ...]:
        """The key of the parent's row."""

    def update(self) -> Update:
        """The update, without the conditions that the commit adds to it. It returns all columns of the row."""

    def columns(self, parent: FromClause) -> dict[str, ColumnElement[Any]]:
        """The columns of the child that follow from the updated row."""

    def fields(self, parent: FromClause) -> dict[str, ColumnElement[Any]]:
        """The members of the child's representation that do."""

    def complete(self, child: Any, fields: Dict[str, Any]) -> None:
        """Gives the child what follows from these members, once they are known."""


class CountingStep(InsertStep, Protocol):
    """A step that counts in columns of the parent, and can do so without the database while that is locked: many children of a
    batch are inserted at once then.
    """

    @property
    def counters(self) -> tuple[str, ...]:
        """The columns of the parent that it counts in."""

    def count(self, child: Any, counters: dict[str, int]) -> None:
        """Counts one further, and gives the child what follows."""


class Mapping(Generic[A]):
    """One aggregate type and its table: the one declaration that reads, lists, loads and commits of a resource are made of.

    It has the functions that `Compiled` describes, and the columns that they go by.

    Attributes:
        aggregate: the type.
        view: the representation: what is answered, and logged as the snapshot.
        lock_rank: rows are locked in the order of their ranks, everywhere. No two mappings have the same.
        fields: what of its fields is not simply a column of that name, and a member of the representation.
        represent: makes the representation of an aggregate, where it does not follow from the columns.
        key: the columns that name one row, the stream's first, the aggregate's own id last.
        logs_values: whether the log may hold values (accounts keep theirs out of it).
        constraints: what a violated constraint means, by its name.
        claims: values that no two may have, kept in a table of their own.
        replaced: a column whose values are kept when an update replaces them.
        insert_step: what happens in front of an insert, if anything does.
        update_expressions: what an update sets a column to, from its new value and the column, where that is not just the value.
        criteria: conditions that a row must meet to be there at all.
        is_guarded: whether commands often decide from one that they don't change. Its changes then lock the row first.
        unconverted: places of the columns that hold a value as the aggregate has it.
        not_loaded: places of the fields that are written and not read, by name.
        leaves_tombstone: whether the row of a removed one stays, emptied, because its names may never be given again.
    """

    def __init__(
        self,
        aggregate: type[A],
        row: type[Row],
        view: type[msgspec.Struct],
        *,
        lock_rank: int,
        key: tuple[str, ...],
        fields: Fields = Fields(),  # noqa: B008  # It is frozen.
        represent: Callable[[A], msgspec.Struct] | None = None,
        logs_values: bool = True,
        constraints: Dict[str, Callable[[], Exception]] | None = None,
        claims: Claims | None = None,
        replaced: ReplacedValues | None = None,
        insert_step: InsertStep | None = None,
        update_expressions: Dict[str, UpdateExpression] | None = None,
        criteria: tuple[ColumnElement[bool], ...] = (),
        leaves_tombstone: bool = False,
        is_guarded: bool = True,
    ) -> None:
        self.aggregate = aggregate
        self.table: Table = table_of(row)
        self.name = self.table.name
        self.view = view
        self.lock_rank = lock_rank
        made = compiled(aggregate, self.table, view, fields, is_shown=represent is None)
        self.column_names = made.columns
        self.columns: list[Column[Any]] = [self.table.c[name] for name in made.columns]
        self.unconverted = made.unconverted
        self.view_columns = made.view_columns
        self.not_loaded = {name: made.columns.index(name) for name in fields.not_loaded}
        self.from_row: Callable[[Any], A] = made.from_row
        self.to_row: Callable[[A], Sequence[Any]] = made.to_row
        self.represent: Callable[[A], msgspec.Struct] = represent or made.represent
        self.changes: Callable[[Any, msgspec.Struct], dict[str, list[Any]]] = (
            made.changes if represent is None else lambda row, after: changes_between(represent(made.from_row(row)), after)
        )
        self.show = made.show
        self.key = key
        self.key_of: Callable[[A], tuple[Any, ...]] = attrgetter(*key) if len(key) > 1 else lambda one: (getattr(one, key[0]),)
        self.logs_values = logs_values
        taken = {f"pk_{claims.table.name}": ConcurrencyConflict} if claims else {}
        self.constraints: Dict[str, Callable[[], Exception]] = {f"pk_{self.name}": IdTaken, **taken, **(constraints or {})}
        self.claims = claims
        self.claims_place = self.column_names.index(claims.column) if claims else 0
        self.replaced = replaced
        self.replaced_place = self.column_names.index(replaced.column) if replaced else 0
        self.insert_step = insert_step
        self.update_expressions: Dict[str, UpdateExpression] = update_expressions or {}
        self.criteria = criteria
        self.key_places = tuple(self.column_names.index(name) for name in key)
        self.leaves_tombstone = leaves_tombstone
        self.is_guarded = is_guarded
        self.guard = Guard(self.table, (*key, "version"), is_weak=is_guarded)

    def __deepcopy__(self, memo: Any) -> Self:
        """Itself: a container of dependencies copies what its providers are given, but there is one mapping of a table."""
        return self
