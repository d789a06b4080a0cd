"""Instants and dates as the bounds of lists."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.instants import check_day, is_day, is_meant_as_instant
from taskhub.kernel.api.types import Instant
from taskhub.tasks.domain.moments import start_of


def _date_or(value: str, instant: Callable[[str], dt.datetime]) -> dt.date:
    if is_day(value):
        return dt.date.fromisoformat(check_day(value))
    if not is_meant_as_instant(value):
        raise PydanticCustomError(
            "wrong_format", "Expected a date such as 2026-11-20, or a date and time with an offset such as 2026-11-20T09:00:00Z."
        )
    return instant(value)


Moment = Annotated[
    Instant,
    WrapValidator(_date_or),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]
"""An instant in UTC, or a date, whose instant depends on a time zone."""


def instant_of(moment: dt.date | None, zone: ZoneInfo) -> dt.datetime | None:
    """The instant, or the one at which the date begins."""
    return moment if moment is None or isinstance(moment, dt.datetime) else start_of(moment, zone)
