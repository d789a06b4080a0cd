"""Lists are read page by page, each beginning after the position of the last row of the one before."""

from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

Position = tuple[Any, ...]
"""Where a row stands in an order: its values of the order's members, and what else it takes to find that place again."""
Sort = TypeVar("Sort", bound=Enum)
Item = TypeVar("Item")


class SortOrder(msgspec.Struct, Generic[Sort], frozen=True, cache_hash=True):
    """An order of a list. Descending, a tie is descending too."""

    sort: Sort
    descending: bool = False


class PageRequest(msgspec.Struct, Generic[Sort], frozen=True):
    """Which part of a list: at most `limit` things, from the beginning or after a position."""

    order: SortOrder[Sort]
    limit: int = 50
    after: Position | None = None


class PageSlice(msgspec.Struct, Generic[Item], frozen=True):
    """A part of a list. ``after`` is the position of its last item, or None where the list ends. ``log_head`` is the head of the
    log at the moment in which the items were read, if the statement reads that as well.
    """

    items: list[Item]
    after: Position | None
    log_head: str | None = None
