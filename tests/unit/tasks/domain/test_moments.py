"""When days begin and end in a time zone, and what is due before a moment there."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taskhub.tasks.domain.due import Due
from taskhub.tasks.domain.moments import DueBound, date_at, start_of
from taskhub.tasks.infrastructure.queries.filters import _exception

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
NEAR = [MICROSECOND, *(timedelta(seconds=n) for n in range(1, 90)), *(timedelta(minutes=n) for n in range(1, 2900))]


@st.composite
def days(draw: Any) -> tuple[date, ZoneInfo]:
    """A day in a time zone, most often one around which the clock is changed."""
    zone, year = ZoneInfo(draw(st.sampled_from(ZONES))), draw(st.integers(1840, 2037))
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + n * DAY for n in range(365)]
    changes = [noon.date() for noon in noons if noon.astimezone(zone).utcoffset() != (noon + DAY).astimezone(zone).utcoffset()]
    return draw(st.sampled_from(changes or [noons[0].date()])) + draw(st.integers(-1, 2)) * DAY, zone


def wall_time(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


@settings(max_examples=100)
@given(days())
def test_a_day_begins_with_the_first_instant_at_which_the_clock_shows_it_or_more(day: tuple[date, ZoneInfo]) -> None:
    date_, zone = day
    midnight, start = datetime.combine(date_, time.min), start_of(date_, zone)
    assert wall_time(start, zone) >= midnight
    assert all(wall_time(start - before, zone) < midnight for before in NEAR)


@settings(max_examples=100)
@given(days(), st.timedeltas(-2 * DAY, 2 * DAY))
def test_every_instant_belongs_to_one_day(day: tuple[date, ZoneInfo], distance: timedelta) -> None:
    instant = start_of(*day) + distance
    found = date_at(instant, day[1])
    assert found is not None
    assert start_of(found, day[1]) <= instant < start_of(found + DAY, day[1])


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00Z"),  # Midnight is left out: it begins at one o'clock.
        ("America/Toronto", date(1919, 3, 31), "1919-03-31T04:30Z"),  # From half past eleven to half past twelve.
        ("America/St_Johns", date(2006, 10, 29), "2006-10-29T02:30Z"),  # Midnight comes twice.
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00Z"),  # A day that never was.
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00Z"),
        ("Etc/GMT+12", date(2026, 11, 27), "2026-11-27T12:00Z"),
        ("Pacific/Kiritimati", date(2026, 11, 27), "2026-11-26T10:00Z"),
        ("Asia/Tokyo", date.min, "0001-01-01T00:00Z"),
        ("Etc/GMT+12", date.max, "9999-12-31T12:00Z"),
    ],
)
def test_days_begin_when_people_there_say_so(zone: str, day: date, begins: str) -> None:
    assert start_of(day, ZoneInfo(zone)) == datetime.fromisoformat(begins)


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("America/St_Johns", "2006-10-29T02:29:59Z", date(2006, 10, 28)),
        ("America/St_Johns", "2006-10-29T03:00Z", date(2006, 10, 29)),  # The clock shows the 28th again.
        ("Pacific/Apia", "2011-12-30T09:59:59Z", date(2011, 12, 29)),
        ("Pacific/Kiritimati", "9999-12-31T23:00Z", None),
        ("Etc/GMT+12", "0001-01-01T05:00Z", date.min),
        ("Etc/GMT+12", "9999-12-31T23:00Z", date.max),
    ],
)
def test_an_instant_belongs_to_the_last_day_that_has_begun(zone: str, instant: str, day: date | None) -> None:
    assert date_at(datetime.fromisoformat(instant), ZoneInfo(zone)) == day


@settings(max_examples=100)
@given(
    days(),
    st.just(timedelta(0)) | st.timedeltas(-2 * DAY, 2 * DAY),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(-300000, 300000),
)
def test_one_instant_of_each_due_date_and_one_exception_tell_what_is_due_before(
    day: tuple[date, ZoneInfo], distance: timedelta, by_date: bool, days_off: int, seconds_off: int
) -> None:
    """What lists compare, against what is meant."""
    date_, zone = day
    bound = DueBound.of(date_ if by_date else start_of(date_, zone) + distance, zone)
    dues = [Due(date_ + days_off * DAY)]
    dues += [Due(date_, at=bound.instant.replace(microsecond=0) + timedelta(seconds=n)) for n in (-1, 0, 1, seconds_off)]
    for due in dues:
        assert ((due.ends_at < bound.instant) != (due.ends_at == _exception(bound))) == bound.is_after(due)


@settings(max_examples=100)
@given(days(), st.timedeltas(-2 * DAY, 2 * DAY), st.integers(-3, 3))
def test_against_an_instant_an_all_day_task_counts_as_the_end_of_its_date_there(
    day: tuple[date, ZoneInfo], distance: timedelta, days_off: int
) -> None:
    date_, zone = day
    instant, due = start_of(date_, zone) + distance, Due(date_ + days_off * DAY)
    end = start_of(due.date + DAY, zone) - MICROSECOND
    assert DueBound.of(instant, zone).is_after(due) == (end < instant)


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "UTC", "Pacific/Kiritimati"])
@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_the_last_day_are_days_as_others(zone: str, day: date) -> None:
    for moment in (day, datetime.combine(day, time(0, 30), UTC), datetime.combine(day, time(23, 30), UTC)):
        bound = DueBound.of(moment, ZoneInfo(zone))
        for due in (Due(date.min), Due(date.min + DAY), Due(date.max - DAY), Due(date.max), Due(day, at=bound.instant)):
            assert ((due.ends_at < bound.instant) != (due.ends_at == _exception(bound))) == bound.is_after(due)
