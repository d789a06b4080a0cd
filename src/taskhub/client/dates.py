"""Dates as people write them, and instants as they are shown to them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from taskhub.client.errors import WrongUsage

NONE = "none"
_DUE = re.compile(r"(?P<day>today|tomorrow|\d{4}-\d\d-\d\d)(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?))?", re.ASCII)
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1)}


def due(text: str, time_zone: str, now: datetime) -> dict[str, Any] | None:
    """The field `due` of a task. ``text``: `2026-12-24`, `today`, `tomorrow`, each with a time or without one, or `none`.

    Raises:
        WrongUsage
    """
    if text == NONE:
        return None
    found = _DUE.fullmatch(text)
    if found is None:
        raise WrongUsage(f"{text!r} is no date: expected 2026-12-24, 'tomorrow 14:30', today, or none.")
    day, time = found["day"], found["time"]
    if day in ("today", "tomorrow"):
        day = (now.astimezone(zone(time_zone)).date() + timedelta(days=day == "tomorrow")).isoformat()
    return {"date": day, "time": time, "time_zone": time_zone if time else None}


def shown_due(value: dict[str, Any] | None) -> str:
    if value is None:
        return ""
    return value["date"] if value["time"] is None else f"{value['date']} {value['time'][:5]} {value['time_zone']}"


def shown(instant: str | None, time_zone: str = "UTC") -> str:
    """An instant of an answer, in a time zone."""
    if instant is None:
        return ""
    return datetime.fromisoformat(instant).astimezone(zone(time_zone)).strftime("%Y-%m-%d %H:%M")


def zone(name: str) -> ZoneInfo:
    """UTC if this computer does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def after(text: str, now: datetime) -> str | None:
    """The instant that is this long from now: `90d`, `12h`; None for `never`.

    Raises:
        WrongUsage
    """
    if text == "never":
        return None
    found = re.fullmatch(r"([1-9]\d{0,4})([dh])", text, re.ASCII)
    if found is None:
        raise WrongUsage(f"{text!r} is no lifetime: expected 90d, 12h or never.")
    return (now + int(found[1]) * _UNITS[found[2]]).isoformat()


def now() -> datetime:
    """By the clock of the computer that the command is typed on."""
    return datetime.now(UTC)
