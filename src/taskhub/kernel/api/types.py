"""The kinds of value that request bodies and query parameters are made of."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Strict, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME_ZONES = frozenset(available_timezones()) - {"localtime", "Factory"}
"""Without those that mean something else on each machine."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def _uuid(value: Any) -> Any:
    if isinstance(value, str) and not _UUID.fullmatch(value):
        raise PydanticCustomError("wrong_format", "Expected a UUID such as 018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f.")
    return value


def _version_4_or_7(value: UUID) -> UUID:
    if value.version not in (4, 7):
        raise PydanticCustomError("wrong_format", "Expected a UUID of version 4 or 7.")
    return value


def _instant(value: Any) -> Any:
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise PydanticCustomError("wrong_format", "Expected an instant with an offset, such as 2026-11-20T09:00:00Z.")
    return value


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("out_of_range", "Expected an instant in the years 1 to 9999.") from None


def _date(value: Any) -> Any:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise PydanticCustomError("wrong_format", "Expected a date such as 2026-11-20.")
    return value


def _one_line(value: str) -> str:
    if _CONTROL.search(value):
        raise PydanticCustomError("control_character", "Line breaks and control characters are not allowed here.")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("blank", "Expected more than blanks.")
    return value


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
    BeforeValidator(_instant),
    AfterValidator(_utc),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Day = Annotated[date, Strict(strict=False), BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
    AfterValidator(_not_blank),
]
Title = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_not_blank)]
Markdown = Annotated[str, StringConstraints(max_length=100_000)]
TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_time_zone)]
Cursor = str
"""Opaque, and checked where it is read."""
