"""Instants and dates as text: what is wrong with one is told in words that lead to the right one."""

import re
from calendar import monthrange
from datetime import date
from typing import Any

from pydantic_core import PydanticCustomError

_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_TIME = r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?"
_DAY = re.compile(_DATE)
_INSTANT = re.compile(rf"{_DATE}T{_TIME}(?:Z|[+-]([0-9]{{2}}):([0-9]{{2}}))", re.IGNORECASE)
_WITHOUT_OFFSET = re.compile(rf"{_DATE}T{_TIME}", re.IGNORECASE)
_PLUS_AS_SPACE = re.compile(rf"{_DATE}T{_TIME} [0-9]{{2}}:?(?:[0-9]{{2}})?", re.IGNORECASE)
_HIGHEST = (("Hours", 23), ("Minutes", 59), ("Seconds", 59), ("Hours of an offset", 23), ("Minutes of an offset", 59))


def check_instant(value: Any) -> Any:
    """An instant of RFC 3339, unchanged; seconds may be left out.

    Raises:
        PydanticCustomError
    """
    parts = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise PydanticCustomError("wrong_format", _how_to_write(value))
    _check_day(parts, "out_of_range")
    for (what, highest), given in zip(_HIGHEST, parts.groups()[3:], strict=True):
        if given is not None and int(given) > highest:
            raise PydanticCustomError("out_of_range", _too_high(what, highest, given))
    return value


def is_day(value: str) -> bool:
    """Whether a text is written as a date is, there or not."""
    return _DAY.fullmatch(value) is not None


def is_meant_as_instant(value: str) -> bool:
    """Whether a text begins as an instant does: what is wrong with it is then best told by `check_instant`."""
    return value[:1].isdigit() and "t" in value.lower()


def check_day(value: Any) -> Any:
    """A date, unchanged.

    Raises:
        PydanticCustomError
    """
    parts = _DAY.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise PydanticCustomError("wrong_format", "Expected a date such as 2026-11-20.")
    _check_day(parts, "out_of_range")
    return value


def _check_day(parts: re.Match[str], code: str) -> None:
    year, month, day = int(parts[1]), int(parts[2]), int(parts[3])
    try:
        date(year, month, day)
    except ValueError:
        raise PydanticCustomError(code, _wrong_day(parts, year, month)) from None


def _wrong_day(parts: re.Match[str], year: int, month: int) -> Any:
    if year < 1:
        return "Years run from 0001 to 9999."
    if not 1 <= month <= 12:
        return "Months run from 01 to 12."
    return f"Days of {parts[1]}-{parts[2]} run from 01 to {monthrange(year, month)[1]}."


def _too_high(what: str, highest: int, given: str) -> Any:
    midnight = " The end of a day is 00:00 of the next day." if (what, given) == ("Hours", "24") else ""
    return f"{what} run from 00 to {highest}.{midnight}"


def _how_to_write(value: Any) -> Any:
    if isinstance(value, str) and _PLUS_AS_SPACE.fullmatch(value):
        return "Expected an offset such as +02:00 and got a space. In a URL a plus sign is written as %2B."
    if isinstance(value, str) and _WITHOUT_OFFSET.fullmatch(value):
        return "Expected an offset after the time: Z, or for example +02:00 (in a URL %2B02:00)."
    return "Expected a date and time with an offset, such as 2026-11-20T09:00:00Z."
