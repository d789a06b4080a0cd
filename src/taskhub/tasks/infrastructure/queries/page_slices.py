"""One part of a list: asked for with one row more, which tells whether there is another."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from taskhub.kernel.infrastructure.postgres.database import Parameters, Record
from taskhub.tasks.application.queries import PageRequest, PageSlice
from taskhub.tasks.infrastructure.queries.sorting import parameters_of, position_of

View = TypeVar("View")


def page_parameters(page: PageRequest[Any]) -> Parameters:
    position = {} if page.after is None else parameters_of(page.order, page.after)
    return {"limit": page.limit + 1, **position}


def page_slice_of(records: Sequence[Record], page: PageRequest[Any], view: Callable[[Record], View]) -> PageSlice[View]:
    after = position_of(page.order, records[page.limit - 1]) if len(records) > page.limit else None
    return PageSlice([view(record) for record in records[: page.limit]], after)
