"""The kinds of value that request bodies and query parameters are made of."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Strict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from taskhub.kernel.api.instants import check_day, check_instant
from taskhub.kernel.domain.texts import has_control_character, is_blank

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_TIME_ZONES = frozenset(available_timezones()) - {"localtime", "Factory"}
"""Without those that mean something else on each machine."""


def _uuid(value: Any) -> Any:
    if isinstance(value, str) and not _UUID.fullmatch(value):
        raise PydanticCustomError("wrong_format", "Expected a UUID such as 018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f.")
    return value


def _version_4_or_7(value: UUID) -> UUID:
    if value.version not in (4, 7):
        raise PydanticCustomError("wrong_format", "Expected a UUID of version 4 or 7.")
    return value


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("out_of_range", "Expected a time in the years 1 to 9999.") from None


def _not_blank(value: Any) -> Any:
    if isinstance(value, str) and is_blank(value):
        raise PydanticCustomError("blank", "Expected at least one visible character.")
    return value


def _one_line(value: Any) -> Any:
    if isinstance(_not_blank(value), str) and has_control_character(value):
        raise PydanticCustomError("control_character", "Line breaks and control characters are not allowed here.")
    return value


def _trimmed_line(value: Any) -> Any:
    return _one_line(value.strip() if isinstance(value, str) else value)


def _time_zone(value: str) -> str:
    if value not in _TIME_ZONES:
        raise PydanticCustomError("unknown_time_zone", "Expected an IANA time zone such as Europe/Berlin.")
    ZoneInfo(value)
    return value


Id = Annotated[UUID, BeforeValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
NewId = Annotated[Id, AfterValidator(_version_4_or_7)]
"""An id that a client minted."""
# Behind a validator of ours pydantic sees Python strings, which its strict instants and dates are not made from.
Instant = Annotated[
    datetime,
    Strict(strict=False),
    BeforeValidator(check_instant),
    AfterValidator(_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Day = Annotated[date, Strict(strict=False), BeforeValidator(check_day), WithJsonSchema({"type": "string", "format": "date"})]
# What is wrong with a text as such is told before its length: one that is blank is not called too short.
Visible = BeforeValidator(_not_blank)
"""Something in a text can be seen."""
Line = BeforeValidator(_one_line)
"""The same, on one line without control characters."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=200), BeforeValidator(_trimmed_line)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=500), Line]
Markdown = Annotated[str, StringConstraints(max_length=100_000)]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_time_zone)]
Cursor = str
"""Opaque, and checked where it is read."""
