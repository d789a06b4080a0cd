"""Pages as SQL: what rows are sorted by, the condition for those after a position, and one row more than is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, bindparam, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from taskhub.kernel.application.pages import PageRequest, PageSlice, Position, SortOrder
from taskhub.kernel.infrastructure.postgres.connection import Parameters, Record

LOG_HEAD = "log_head"
"""The column of a page that has the head of the log beside its rows (`with_log_head`)."""
Columns = ReadOnlyColumnCollection[str, Any]
Expression = ColumnElement[Any]
View = TypeVar("View")


def as_it_is(value: Expression) -> Expression:
    return value


@dataclass(frozen=True, slots=True)
class SortColumn:
    """A column that an order is made of, the expression of it that is compared, and what that of a position stands for."""

    column: str
    compared: Callable[[Expression], Expression] = as_it_is
    placed: Callable[[Expression], Expression] = as_it_is


class Orders:
    """The orders of a module's lists.

    Attributes:
        members: what each sort is made of.
        descending: the same of those that are made of something else when turned around.
        anchors: columns that a position needs besides.
    """

    def __init__(
        self,
        members: Mapping[Enum, tuple[SortColumn, ...]],
        *,
        descending: Mapping[Enum, tuple[SortColumn, ...]] | None = None,
        anchors: Mapping[Enum, tuple[str, ...]] | None = None,
    ) -> None:
        self._members = {False: members, True: {**members, **(descending or {})}}
        self._anchors = anchors or {}

    def members_of(self, order: SortOrder[Any]) -> tuple[SortColumn, ...]:
        return self._members[order.descending][order.sort]

    def sorted_by(self, order: SortOrder[Any], columns: Columns) -> list[Expression]:
        """The `ORDER BY` of a list."""
        expressions = [member.compared(columns[member.column]) for member in self.members_of(order)]
        return [expression.desc() if order.descending else expression.asc() for expression in expressions]

    def follows(self, order: SortOrder[Any], columns: Columns) -> ColumnElement[bool]:
        """Whether a row comes after the position given as parameters: one comparison of rows, which an index can begin at."""
        members = self.members_of(order)
        row = tuple_(*(member.compared(columns[member.column]) for member in members))
        position = tuple_(
            *(
                member.placed(member.compared(bindparam(f"after_{member.column}", type_=columns[member.column].type)))
                for member in members
            )
        )
        return row < position if order.descending else row > position

    def page(self, query: Select[Any], order: SortOrder[Any], columns: Columns, *, goes_on: bool) -> Select[Any]:
        """One page of all rows of a query. ``goes_on``: after a position."""
        rows = query.where(self.follows(order, columns)) if goes_on else query
        return rows.order_by(*self.sorted_by(order, columns)).limit(bindparam("limit", type_=Integer()))

    def parameters_of(self, order: SortOrder[Any], position: Position) -> Parameters:
        return {f"after_{name}": value for name, value in zip(self._columns(order), position, strict=True)}

    def page_parameters(self, page: PageRequest[Any]) -> Parameters:
        """The parameters of a page's statement: it asks for one row more, which tells whether there is another page."""
        position = {} if page.after is None else self.parameters_of(page.order, page.after)
        return {"limit": page.limit + 1, **position}

    def slice_of(self, records: Sequence[Record], page: PageRequest[Any], view: Callable[[Record], View]) -> PageSlice[View]:
        after, log_head = None, records[0].get(LOG_HEAD) if records else None
        if len(records) > page.limit:
            last = records[page.limit - 1]
            after = tuple(last[name] for name in self._columns(page.order))
        # What an order ends with tells its rows apart, so it is null only beside what was joined to an empty page.
        elif records and records[0][self.members_of(page.order)[-1].column] is None:
            records = ()
        return PageSlice([view(record) for record in records[: page.limit]], after, log_head)

    def _columns(self, order: SortOrder[Any]) -> tuple[str, ...]:
        return (*(member.column for member in self.members_of(order)), *self._anchors.get(order.sort, ()))
