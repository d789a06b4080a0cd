"""How one kind of aggregate becomes a row of a table and back."""

from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Column, ColumnElement, Table
from sqlalchemy.sql.expression import CTE

from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.domain.errors import DomainError, IdTaken
from taskhub.kernel.infrastructure.postgres.rows import Row, table_of

A = TypeVar("A", bound=Aggregate)


@dataclass(frozen=True, eq=False)
class Guard:
    """Rows that a command relied upon without changing them: share-locked, and there as they were read, or nothing happens.

    ``is_weak``: the lock stops only changes that lock the row first (`Mapping.is_relied_on`), and so not its counter.
    """

    table: Table
    match: tuple[str, ...]
    where: tuple[ColumnElement[bool], ...] = ()
    is_weak: bool = True


@dataclass(frozen=True, eq=False)
class Allocation:
    """A number that a parent row hands to a new child, within the statement that inserts it.

    The parent is an aggregate that the command has loaded; it is matched by its version, so it also is the guard. A child that
    has its number already gets none.

    Attributes:
        parent_id: names the parent of a child.
        counters: the parent's columns that count.
        number: the child's attribute, and column, that takes the number.
        columns: the child's columns that follow from the counters, as SQL over the parent's returned row.
        fields: the representation's members that do.
    """

    parent: "Mapping[Any]"
    parent_id: Callable[[Any], UUID]
    counters: tuple[str, ...]
    number: str
    columns: Callable[[CTE], dict[str, ColumnElement[Any]]]
    fields: Callable[[CTE], dict[str, ColumnElement[Any]]]


class Mapping(Generic[A]):
    """One aggregate type and its table.

    Attributes:
        aggregate: the type.
        view: the representation: what is answered, and logged as the snapshot.
        lock_rank: rows are locked in this order, everywhere: workspaces 10, members 20, invitations 25, labels 28, projects 30,
            tasks 40, comments 45, users 50, what belongs to a user 60.
        represent: makes the representation of an aggregate.
        columns: what is written, in the order of `to_row`; columns that the database computes are left out.
        key: the columns that name one row, the stream's first, the aggregate's own id last.
        logs_values: whether the log may hold values (accounts keep theirs out of it).
        constraints: what a violated constraint means, by its name.
        allocation: where a new one gets its number from, if it has one.
        visible: conditions that a row must meet to be there at all.
        is_relied_on: whether commands often decide from one that they don't change. Its changes then lock the row first.
        kept: columns that an update leaves as they are where the aggregate has None for them.
        is_remembered: whether commands decide from one so often, and change it so rarely, that the process remembers its row.
        leaves_tombstone: whether the row of a removed one stays, emptied, because its names may never be given again.
    """

    def __init__(
        self,
        aggregate: type[A],
        row: type[Row],
        view: type[msgspec.Struct],
        *,
        lock_rank: int,
        represent: Callable[[A], msgspec.Struct],
        columns: Sequence[str],
        from_row: Callable[[Any], A],
        to_row: Callable[[A], Sequence[Any]] | None = None,
        key: tuple[str, ...] = ("workspace_id", "id"),
        logs_values: bool = True,
        constraints: Dict[str, Callable[[], DomainError]] | None = None,
        allocation: Allocation | None = None,
        visible: tuple[ColumnElement[bool], ...] = (),
        kept: tuple[str, ...] = (),
        leaves_tombstone: bool = False,
        is_relied_on: bool = True,
        is_remembered: bool = False,
    ) -> None:
        self.aggregate = aggregate
        self.table: Table = table_of(row)
        self.name = self.table.name
        self.view = view
        self.lock_rank = lock_rank
        self.represent = represent
        self.column_names = tuple(columns)
        self.columns: list[Column[Any]] = [self.table.c[name] for name in columns]
        self.from_row = from_row
        self.to_row: Callable[[A], Sequence[Any]] = to_row or attrgetter(*columns)
        self.key = key
        self.key_of: Callable[[A], tuple[Any, ...]] = attrgetter(*key) if len(key) > 1 else lambda one: (getattr(one, key[0]),)
        self.logs_values = logs_values
        self.constraints: Dict[str, Callable[[], DomainError]] = {f"pk_{self.name}": IdTaken, **(constraints or {})}
        self.allocation = allocation
        self.visible = visible
        self.kept = kept
        self.key_places = tuple(self.column_names.index(name) for name in key)
        self.leaves_tombstone = leaves_tombstone
        self.is_relied_on = is_relied_on
        self.is_remembered = is_remembered
        self.guard = Guard(self.table, (*key, "version"), is_weak=is_relied_on)
