"""When a task is due: on a day, or at a wall time in a time zone."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Due:
    """A due date. All day where `time`, `time_zone` (an IANA name) and `at` (the instant, in UTC) are None; never only some of
    them.

    The instant is worked out once, when the date is set: a later change of a zone's rules moves no date by itself.
    """

    date: dt.date
    time: dt.time | None = None
    time_zone: str | None = None
    at: dt.datetime | None = None

    @classmethod
    def at_time(cls, date: dt.date, time: dt.time, time_zone: str) -> "Due":
        """In the gap of a clock change the wall time moves forward by the gap; in an overlap it is the first of the two.

        Raises:
            OverflowError: the instant lies outside the years 1 to 9999.
        """
        return cls(date, time, time_zone, dt.datetime.combine(date, time, ZoneInfo(time_zone)).astimezone(dt.UTC))

    @property
    def ends_at(self) -> dt.datetime:
        """The instant that this is sorted by: an all-day date counts as the end of that date in UTC.

        No timed one has this instant, as wall times have no microseconds: it tells that it is a whole day, and which.
        """
        return self.at or dt.datetime.combine(self.date, dt.time.max, dt.UTC)
