"""Which page of a list a request asks for."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

import msgspec

from taskhub.kernel.api.problems import InvalidCursor
from taskhub.kernel.api.query_params import PageParams
from taskhub.kernel.api.request import ApiRequest
from taskhub.kernel.application.pages import PageRequest, Position, Sort, SortOrder


class Pages:
    """``positions``: the form of a position in each order of a module."""

    def __init__(self, positions: Mapping[Enum, Any]) -> None:
        self._positions = positions

    def of(self, request: ApiRequest, query: PageParams, order: SortOrder[Sort]) -> PageRequest[Sort]:
        """Which part of a list is asked for.

        Raises:
            InvalidCursor
        """
        return PageRequest(order, query.limit, self.position(order, request.position()))

    def position(self, order: SortOrder[Any], raw: list[Any] | None) -> Position | None:
        """The position that a cursor holds.

        Raises:
            InvalidCursor: it is none of this order.
        """
        if raw is None:
            return None
        try:
            return cast("Position", msgspec.convert(raw, self._positions[order.sort]))
        except msgspec.ValidationError:
            raise InvalidCursor from None
