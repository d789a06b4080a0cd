"""Due dates: a date, or a date with a local time in a time zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec


class Due(msgspec.Struct, frozen=True):
    """A due date. `time`, `time_zone` (an IANA name) and `at` (the instant, in UTC) are either all set, or all None for an
    all-day task.

    The instant is computed once, when the date is set. Later changes to the rules of a time zone don't change it.
    """

    date: dt.date
    time: dt.time | None = None
    time_zone: str | None = None
    at: dt.datetime | None = None

    @classmethod
    def at_time(cls, date: dt.date, time: dt.time, time_zone: str) -> "Due":
        """A local time that a clock change skips is moved forward by the gap. Of a local time that occurs twice, the first is
        used.

        Raises:
            OverflowError: the instant is outside the years 1 to 9999.
        """
        return cls(date, time, time_zone, dt.datetime.combine(date, time, ZoneInfo(time_zone)).astimezone(dt.UTC))

    @property
    def ends_at(self) -> dt.datetime:
        """The instant for sorting: of an all-day task the last microsecond of its date in UTC.

        Local times have no microseconds, so this instant always means an all-day task.
        """
        return self.at or dt.datetime.combine(self.date, dt.time.max, dt.UTC)
