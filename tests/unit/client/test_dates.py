"""Dates as people write them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from taskhub.client.dates import after, due, shown, shown_due
from taskhub.client.errors import WrongUsage

LATE = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
"""The next day in Berlin."""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-12-24", {"date": "2026-12-24", "time": None, "time_zone": None}),
        ("2026-12-24 14:30", {"date": "2026-12-24", "time": "14:30", "time_zone": "Europe/Berlin"}),
        ("2026-12-24T14:30:15", {"date": "2026-12-24", "time": "14:30:15", "time_zone": "Europe/Berlin"}),
        ("today", {"date": "2026-11-29", "time": None, "time_zone": None}),
        ("tomorrow 08:00", {"date": "2026-11-30", "time": "08:00", "time_zone": "Europe/Berlin"}),
        ("none", None),
    ],
)
def test_a_due_date_is_in_the_time_zone_of_its_writer(text: str, meant: Any) -> None:
    assert due(text, "Europe/Berlin", LATE) == meant


@pytest.mark.parametrize("text", ["", "friday", "24.12.2026", "2026-12-24 2 pm", "today14:00"])
def test_anything_else_is_told(text: str) -> None:
    with pytest.raises(WrongUsage):
        due(text, "UTC", LATE)


def test_a_lifetime_is_counted_from_now() -> None:
    assert after("90d", LATE) == "2027-02-26T23:30:00+00:00"
    assert after("12h", LATE) == "2026-11-29T11:30:00+00:00"
    assert after("never", LATE) is None
    with pytest.raises(WrongUsage):
        after("soon", LATE)


def test_instants_and_due_dates_are_shown_in_short() -> None:
    assert shown("2026-11-28T23:30:00Z", "Europe/Berlin") == "2026-11-29 00:30"
    assert shown(None) == ""
    assert shown_due({"date": "2026-12-24", "time": "14:30:00", "time_zone": "UTC"}) == "2026-12-24 14:30 UTC"
    assert shown_due({"date": "2026-12-24", "time": None, "time_zone": None}) == "2026-12-24"


def test_a_zone_that_this_computer_does_not_know_is_shown_in_utc() -> None:
    assert shown("2026-11-28T23:30:00Z", "Mars/Olympus") == "2026-11-28 23:30"
