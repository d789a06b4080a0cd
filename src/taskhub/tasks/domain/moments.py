"""Dates in time zones, and bounds for the comparison of due dates."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from taskhub.tasks.domain.due import Due

_FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
_DAY, _SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class DueBound:
    """A bound for due dates in a time zone. Tasks with a time are compared by their instant, all-day tasks by their date.

    Attributes:
        date: the first date of an all-day task that is not over at the instant; None if it is after the year 9999.
    """

    instant: dt.datetime
    date: dt.date | None

    @classmethod
    def of(cls, moment: dt.date, zone: ZoneInfo) -> "DueBound":
        """A bound at an instant, or at the beginning of a date. Compared with an instant, an all-day task is due at the end of
        its date.
        """
        if isinstance(moment, dt.datetime):
            return cls(moment, date_at(moment, zone))
        return cls(start_of(moment, zone), moment)

    def is_after(self, due: Due) -> bool:
        if due.at is not None:
            return due.at < self.instant
        return self.date is None or due.date < self.date


def start_of(date: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The instant, in UTC, at which a date begins. If clocks are put forward at midnight, it is that moment; if midnight occurs
    twice, it is the first one. A date that would begin before the year 1 begins with the year 1.
    """
    midnight = dt.datetime.combine(date, dt.time.min)
    try:
        start = midnight.replace(tzinfo=zone).astimezone(dt.UTC)
    except OverflowError:
        return _FIRST
    return start if _wall_time(start, zone) == midnight else _end_of_gap(midnight, zone, start)


def date_at(instant: dt.datetime, zone: ZoneInfo) -> dt.date | None:
    """The last date that has begun at an instant; None after the year 9999."""
    try:
        date = _wall_time(instant, zone).date()
    except OverflowError:
        return dt.date.min if instant < _FIRST + _DAY else None
    # If midnight occurs twice, the clock shows the previous day again after the first one.
    return date if date == dt.date.max or start_of(date + _DAY, zone) > instant else date + _DAY


def _wall_time(instant: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


def _end_of_gap(midnight: dt.datetime, zone: ZoneInfo, after: dt.datetime) -> dt.datetime:
    """The instant at which the clock is put forward past midnight. Clocks are changed at full seconds."""
    before = midnight.replace(tzinfo=zone, fold=1).astimezone(dt.UTC)
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if _wall_time(middle, zone) < midnight:
            before = middle
        else:
            after = middle
    return after
