"""Due dates as other products write them."""

import re
from datetime import datetime
from typing import Any

from taskhub.client.dates import zone

_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d %b %Y", "%b %d %Y", "%d %B %Y", "%B %d %Y", "%d.%m.%Y")
_TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M%p", " %I%p")


def due_of_instant(text: str, time_zone: str) -> dict[str, Any]:
    """A due date of an instant, at the local time that it has in a time zone.

    Raises:
        ValueError: it is none.
    """
    local = datetime.fromisoformat(text).astimezone(zone(time_zone))
    return {"date": local.date().isoformat(), "time": local.strftime("%H:%M:%S"), "time_zone": time_zone}


def due_of_text(text: str, time_zone: str) -> dict[str, Any]:
    """A due date of a date, with a time or without one: `2026-12-24`, `24 Dec 2026 14:30`, or an instant.

    Raises:
        ValueError: it is none.
    """
    text = re.sub(r"\s+(at|@)\s+|,\s*", " ", text.strip())
    for format in _FORMATS:
        for time in _TIMES:
            try:
                found = datetime.strptime(re.sub(r"(?<=\d)\s+(?=[apAP][mM]$)", "", text), format + time)  # noqa: DTZ007  # Local.
            except ValueError:
                continue
            return _due(found, time_zone if time else None)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        return _due(instant, time_zone)
    return due_of_instant(text, time_zone)


def _due(local: datetime, time_zone: str | None) -> dict[str, Any]:
    time = local.strftime("%H:%M:%S") if time_zone else None
    return {"date": local.date().isoformat(), "time": time, "time_zone": time_zone}
